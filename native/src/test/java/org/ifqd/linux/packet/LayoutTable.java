package org.ifqd.linux.packet;

import java.util.List;

/** What the C headers say, as of Linux 6.1 on x86-64; the fallback where there is no compiler. */
final class LayoutTable {
    /**
     * @param java Class.CONSTANT, or empty where the number is only implied by the Java code (the width of an access)
     * @param c the C expression
     */
    record Row(String java, String c, long value) {}

    static final List<Row> ROWS = text().lines()
            .filter(line -> !line.isBlank())
            .map(line -> line.split(";"))
            .map(f -> new Row(f[0].strip(), f[1].strip(), Long.decode(f[2].strip())))
            .toList();

    private LayoutTable() {}

    private static String text() {
        return """
                PacketConstants.AF_PACKET                 ; AF_PACKET                                                   ; 17
                PacketConstants.SOCK_RAW                  ; SOCK_RAW                                                    ; 3
                PacketConstants.SOCK_CLOEXEC              ; SOCK_CLOEXEC                                                ; 524288
                PacketConstants.MSG_DONTWAIT              ; MSG_DONTWAIT                                                ; 64
                PacketConstants.SOL_SOCKET                ; SOL_SOCKET                                                  ; 1
                PacketConstants.SO_ERROR                  ; SO_ERROR                                                    ; 4
                PacketConstants.SO_ATTACH_FILTER          ; SO_ATTACH_FILTER                                            ; 26
                PacketConstants.SO_RCVBUF                 ; SO_RCVBUF                                                   ; 8
                PacketConstants.SO_SNDBUFFORCE            ; SO_SNDBUFFORCE                                              ; 32
                PacketConstants.SOL_PACKET                ; SOL_PACKET                                                  ; 263
                PacketConstants.PACKET_ADD_MEMBERSHIP     ; PACKET_ADD_MEMBERSHIP                                       ; 1
                PacketConstants.PACKET_RX_RING            ; PACKET_RX_RING                                              ; 5
                PacketConstants.PACKET_STATISTICS         ; PACKET_STATISTICS                                           ; 6
                PacketConstants.PACKET_VERSION            ; PACKET_VERSION                                              ; 10
                PacketConstants.PACKET_RESERVE            ; PACKET_RESERVE                                              ; 12
                PacketConstants.PACKET_TX_RING            ; PACKET_TX_RING                                              ; 13
                PacketConstants.PACKET_VNET_HDR           ; PACKET_VNET_HDR                                             ; 15
                PacketConstants.PACKET_FANOUT             ; PACKET_FANOUT                                               ; 18
                PacketConstants.PACKET_QDISC_BYPASS       ; PACKET_QDISC_BYPASS                                         ; 20
                PacketConstants.PACKET_IGNORE_OUTGOING    ; PACKET_IGNORE_OUTGOING                                      ; 23
                PacketConstants.PACKET_MR_PROMISC         ; PACKET_MR_PROMISC                                           ; 1
                PacketConstants.PACKET_FANOUT_HASH        ; PACKET_FANOUT_HASH                                          ; 0
                PacketConstants.PACKET_FANOUT_FLAG_UNIQUEID; PACKET_FANOUT_FLAG_UNIQUEID                                 ; 8192
                PacketConstants.TPACKET_V2                ; TPACKET_V2                                                  ; 1
                PacketConstants.TPACKET_V3                ; TPACKET_V3                                                  ; 2
                PacketConstants.ETH_P_ALL                 ; ETH_P_ALL                                                   ; 3
                PacketConstants.TP_STATUS_KERNEL          ; TP_STATUS_KERNEL                                            ; 0
                PacketConstants.TP_STATUS_USER            ; TP_STATUS_USER                                              ; 1
                PacketConstants.TP_STATUS_VLAN_VALID      ; TP_STATUS_VLAN_VALID                                        ; 16
                PacketConstants.TP_STATUS_VLAN_TPID_VALID ; TP_STATUS_VLAN_TPID_VALID                                   ; 64
                PacketConstants.TP_STATUS_AVAILABLE       ; TP_STATUS_AVAILABLE                                         ; 0
                PacketConstants.TP_STATUS_SEND_REQUEST    ; TP_STATUS_SEND_REQUEST                                      ; 1
                PacketConstants.TP_STATUS_SENDING         ; TP_STATUS_SENDING                                           ; 2
                PacketConstants.TP_STATUS_WRONG_FORMAT    ; TP_STATUS_WRONG_FORMAT                                      ; 4
                PacketConstants.TP_STATUS_TS_SOFTWARE     ; TP_STATUS_TS_SOFTWARE                                       ; 536870912
                PacketConstants.TP_STATUS_TS_RAW_HARDWARE ; (int)TP_STATUS_TS_RAW_HARDWARE                              ; -2147483648
                PacketLayouts.SOCKADDR_LL_FAMILY          ; offsetof(struct sockaddr_ll, sll_family)                    ; 0
                                                          ; sizeof(((struct sockaddr_ll *)0)->sll_family)               ; 2
                PacketLayouts.SOCKADDR_LL_PROTOCOL        ; offsetof(struct sockaddr_ll, sll_protocol)                  ; 2
                                                          ; sizeof(((struct sockaddr_ll *)0)->sll_protocol)             ; 2
                PacketLayouts.SOCKADDR_LL_IFINDEX         ; offsetof(struct sockaddr_ll, sll_ifindex)                   ; 4
                                                          ; sizeof(((struct sockaddr_ll *)0)->sll_ifindex)              ; 4
                PacketLayouts.SOCKADDR_LL_BYTES           ; sizeof(struct sockaddr_ll)                                  ; 20
                PacketLayouts.MREQ_IFINDEX                ; offsetof(struct packet_mreq, mr_ifindex)                    ; 0
                                                          ; sizeof(((struct packet_mreq *)0)->mr_ifindex)               ; 4
                PacketLayouts.MREQ_TYPE                   ; offsetof(struct packet_mreq, mr_type)                       ; 4
                                                          ; sizeof(((struct packet_mreq *)0)->mr_type)                  ; 2
                PacketLayouts.MREQ_BYTES                  ; sizeof(struct packet_mreq)                                  ; 16
                PacketLayouts.REQ_BLOCK_SIZE              ; offsetof(struct tpacket_req, tp_block_size)                 ; 0
                                                          ; sizeof(((struct tpacket_req *)0)->tp_block_size)            ; 4
                PacketLayouts.REQ_BLOCK_NR                ; offsetof(struct tpacket_req, tp_block_nr)                   ; 4
                                                          ; sizeof(((struct tpacket_req *)0)->tp_block_nr)              ; 4
                PacketLayouts.REQ_FRAME_SIZE              ; offsetof(struct tpacket_req, tp_frame_size)                 ; 8
                                                          ; sizeof(((struct tpacket_req *)0)->tp_frame_size)            ; 4
                PacketLayouts.REQ_FRAME_NR                ; offsetof(struct tpacket_req, tp_frame_nr)                   ; 12
                                                          ; sizeof(((struct tpacket_req *)0)->tp_frame_nr)              ; 4
                PacketLayouts.REQ_BYTES                   ; sizeof(struct tpacket_req)                                  ; 16
                                                          ; offsetof(struct tpacket_req3, tp_block_size)                ; 0
                                                          ; offsetof(struct tpacket_req3, tp_block_nr)                  ; 4
                                                          ; offsetof(struct tpacket_req3, tp_frame_size)                ; 8
                                                          ; offsetof(struct tpacket_req3, tp_frame_nr)                  ; 12
                PacketLayouts.REQ3_RETIRE_BLK_TOV         ; offsetof(struct tpacket_req3, tp_retire_blk_tov)            ; 16
                                                          ; sizeof(((struct tpacket_req3 *)0)->tp_retire_blk_tov)       ; 4
                PacketLayouts.REQ3_BYTES                  ; sizeof(struct tpacket_req3)                                 ; 28
                PacketLayouts.BLOCK_STATUS                ; offsetof(struct tpacket_block_desc, hdr.bh1.block_status)   ; 8
                                                          ; sizeof(((struct tpacket_block_desc *)0)->hdr.bh1.block_status); 4
                PacketLayouts.BLOCK_NUM_PKTS              ; offsetof(struct tpacket_block_desc, hdr.bh1.num_pkts)       ; 12
                                                          ; sizeof(((struct tpacket_block_desc *)0)->hdr.bh1.num_pkts)  ; 4
                PacketLayouts.BLOCK_LEN                   ; offsetof(struct tpacket_block_desc, hdr.bh1.blk_len); 20
                PacketLayouts.BLOCK_OFFSET_TO_FIRST_PKT   ; offsetof(struct tpacket_block_desc, hdr.bh1.offset_to_first_pkt); 16
                                                          ; sizeof(((struct tpacket_block_desc *)0)->hdr.bh1.offset_to_first_pkt); 4
                PacketLayouts.BLOCK_BYTES                 ; sizeof(struct tpacket_block_desc)                           ; 48
                PacketLayouts.TPACKET3_NEXT_OFFSET        ; offsetof(struct tpacket3_hdr, tp_next_offset)               ; 0
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_next_offset)          ; 4
                PacketLayouts.TPACKET3_SEC                ; offsetof(struct tpacket3_hdr, tp_sec)                       ; 4
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_sec)                  ; 4
                PacketLayouts.TPACKET3_NSEC               ; offsetof(struct tpacket3_hdr, tp_nsec)                      ; 8
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_nsec)                 ; 4
                PacketLayouts.TPACKET3_SNAPLEN            ; offsetof(struct tpacket3_hdr, tp_snaplen)                   ; 12
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_snaplen)              ; 4
                PacketLayouts.TPACKET3_LEN                ; offsetof(struct tpacket3_hdr, tp_len)                       ; 16
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_len)                  ; 4
                PacketLayouts.TPACKET3_STATUS             ; offsetof(struct tpacket3_hdr, tp_status)                    ; 20
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_status)               ; 4
                PacketLayouts.TPACKET3_MAC                ; offsetof(struct tpacket3_hdr, tp_mac)                       ; 24
                                                          ; sizeof(((struct tpacket3_hdr *)0)->tp_mac)                  ; 2
                PacketLayouts.TPACKET3_VLAN_TCI           ; offsetof(struct tpacket3_hdr, hv1.tp_vlan_tci)              ; 32
                                                          ; sizeof(((struct tpacket3_hdr *)0)->hv1.tp_vlan_tci)         ; 4
                PacketLayouts.TPACKET3_VLAN_TPID          ; offsetof(struct tpacket3_hdr, hv1.tp_vlan_tpid)             ; 36
                                                          ; sizeof(((struct tpacket3_hdr *)0)->hv1.tp_vlan_tpid)        ; 2
                PacketLayouts.TPACKET3_BYTES              ; sizeof(struct tpacket3_hdr)                                 ; 48
                PacketLayouts.TPACKET3_FAMILY             ; TPACKET_ALIGN(sizeof(struct tpacket3_hdr))                  ; 48
                PacketLayouts.TPACKET2_STATUS             ; offsetof(struct tpacket2_hdr, tp_status)                    ; 0
                                                          ; sizeof(((struct tpacket2_hdr *)0)->tp_status)               ; 4
                PacketLayouts.TPACKET2_LEN                ; offsetof(struct tpacket2_hdr, tp_len)                       ; 4
                                                          ; sizeof(((struct tpacket2_hdr *)0)->tp_len)                  ; 4
                PacketLayouts.TPACKET2_BYTES              ; sizeof(struct tpacket2_hdr)                                 ; 32
                PacketLayouts.TPACKET2_TX_DATA            ; TPACKET2_HDRLEN - sizeof(struct sockaddr_ll)                ; 32
                PacketLayouts.STATS_DROPS                 ; offsetof(struct tpacket_stats_v3, tp_drops)                 ; 4
                                                          ; sizeof(((struct tpacket_stats_v3 *)0)->tp_drops)            ; 4
                PacketLayouts.STATS_BYTES                 ; sizeof(struct tpacket_stats_v3)                             ; 12
                PacketLayouts.FPROG_FILTER                ; offsetof(struct sock_fprog, filter)                         ; 8
                                                          ; sizeof(((struct sock_fprog *)0)->filter)                    ; 8
                                                          ; offsetof(struct sock_fprog, len)                            ; 0
                                                          ; sizeof(((struct sock_fprog *)0)->len)                       ; 2
                PacketLayouts.FPROG_BYTES                 ; sizeof(struct sock_fprog)                                   ; 16
                                                          ; sizeof(((struct sock_filter *)0)->k)                        ; 4
                                                          ; offsetof(struct sock_filter, code)                          ; 0
                                                          ; offsetof(struct sock_filter, jt)                            ; 2
                                                          ; offsetof(struct sock_filter, jf)                            ; 3
                                                          ; offsetof(struct sock_filter, k)                             ; 4
                                                          ; sizeof(struct sock_filter)                                  ; 8
                PacketConstants.PACKET_OUTGOING           ; PACKET_OUTGOING                                             ; 4
                PacketConstants.BPF_LD_W_ABS              ; BPF_LD | BPF_W | BPF_ABS                                    ; 32
                PacketConstants.BPF_JEQ_K                 ; BPF_JMP | BPF_JEQ | BPF_K                                   ; 21
                PacketConstants.BPF_RET_K                 ; BPF_RET | BPF_K                                             ; 6
                PacketConstants.SKF_AD_PKTTYPE            ; SKF_AD_OFF + SKF_AD_PKTTYPE                                 ; -4092
                                                          ; sizeof(((struct sock_filter *)0)->code)                     ; 2
                VnetHeader.FLAGS                          ; offsetof(struct virtio_net_hdr, flags)                      ; 0
                                                          ; sizeof(((struct virtio_net_hdr *)0)->flags)                 ; 1
                VnetHeader.GSO_TYPE                       ; offsetof(struct virtio_net_hdr, gso_type)                   ; 1
                                                          ; sizeof(((struct virtio_net_hdr *)0)->gso_type)              ; 1
                VnetHeader.HDR_LEN                        ; offsetof(struct virtio_net_hdr, hdr_len)                    ; 2
                                                          ; sizeof(((struct virtio_net_hdr *)0)->hdr_len)               ; 2
                VnetHeader.GSO_SIZE                       ; offsetof(struct virtio_net_hdr, gso_size)                   ; 4
                                                          ; sizeof(((struct virtio_net_hdr *)0)->gso_size)              ; 2
                VnetHeader.CSUM_START                     ; offsetof(struct virtio_net_hdr, csum_start)                 ; 6
                                                          ; sizeof(((struct virtio_net_hdr *)0)->csum_start)            ; 2
                VnetHeader.CSUM_OFFSET                    ; offsetof(struct virtio_net_hdr, csum_offset)                ; 8
                                                          ; sizeof(((struct virtio_net_hdr *)0)->csum_offset)           ; 2
                VnetHeader.BYTES                          ; sizeof(struct virtio_net_hdr)                               ; 10
                VnetHeader.NEEDS_CSUM                     ; VIRTIO_NET_HDR_F_NEEDS_CSUM                                 ; 1
                VnetHeader.GSO_NONE                       ; VIRTIO_NET_HDR_GSO_NONE                                     ; 0
                VnetHeader.GSO_TCPV4                      ; VIRTIO_NET_HDR_GSO_TCPV4                                    ; 1
                VnetHeader.GSO_UDP                        ; VIRTIO_NET_HDR_GSO_UDP                                      ; 3
                VnetHeader.GSO_TCPV6                      ; VIRTIO_NET_HDR_GSO_TCPV6                                    ; 4
                VnetHeader.GSO_UDP_L4                     ; 5 /* VIRTIO_NET_HDR_GSO_UDP_L4, in headers since Linux 6.2 */ ; 5
                VnetHeader.GSO_ECN                        ; VIRTIO_NET_HDR_GSO_ECN                                      ; 128
                ReceivedFrame.ETH_P_8021Q                 ; ETH_P_8021Q                                                 ; 33024
                ReceivedFrame.ADDRESSES_BYTES             ; 2 * ETH_ALEN                                                ; 12
                PollSet.POLLIN                            ; POLLIN                                                      ; 1
                PollSet.POLLOUT                           ; POLLOUT                                                     ; 4
                PollSet.POLLERR                           ; POLLERR                                                     ; 8
                PollSet.POLLFD_BYTES                      ; sizeof(struct pollfd)                                       ; 8
                                                          ; offsetof(struct pollfd, fd)                                 ; 0
                                                          ; sizeof(((struct pollfd *)0)->fd)                            ; 4
                                                          ; offsetof(struct pollfd, events)                             ; 4
                                                          ; sizeof(((struct pollfd *)0)->events)                        ; 2
                                                          ; offsetof(struct pollfd, revents)                            ; 6
                                                          ; sizeof(((struct pollfd *)0)->revents)                       ; 2
                Mapping.PROT_READ_WRITE                   ; PROT_READ | PROT_WRITE                                      ; 3
                Mapping.MAP_SHARED                        ; MAP_SHARED                                                  ; 1
                Mapping.MAP_POPULATE                      ; MAP_POPULATE                                                ; 32768
                EventFd.EFD_CLOEXEC                       ; EFD_CLOEXEC                                                 ; 524288
                EventFd.EFD_NONBLOCK                      ; EFD_NONBLOCK                                                ; 2048
                """;
    }
}
