/* Offers frames to an interface faster than any forwarder takes them, or at a given rate: the kernel's BPF_PROG_RUN in live
 * frame mode (Documentation/bpf/bpf_prog_run.rst, Linux 5.18) makes the frames itself and an XDP program of two instructions
 * sends them out of the interface (XDP_TX). On a veth the peer must have GRO on, without which it takes no XDP frames.
 *
 * usage: generator napi INTERFACE: switches the NAPI of a veth on in another way, by a program that lets all pass; until a signal.
 *        generator drop INTERFACE: drops all that comes in, as early as it has been counted and as cheaply as Linux can (tcx, Linux 6.6);
 *                                  until a signal.
 *        generator INTERFACE SIZE SECONDS [PPS [SOURCE-LAST-BYTE]]      SIZE with FCS, PPS 0: as fast as it goes
 * prints: frames and seconds. Ends by itself, after 600 s at the latest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define FCS 4

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof *attr);
}

#define INSN(c, d, s, o, i) { .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }
#define LONGEST_DEBT_NS 1000000

/* Younger than some headers. */
#define TCX_INGRESS 46
#define TCX_DROP 2

static int load(int type, const struct bpf_insn *code, int count)
{
	union bpf_attr attr = { .prog_type = type, .insns = (uintptr_t)code, .insn_cnt = count,
				.license = (uintptr_t)"GPL" };

	return bpf(BPF_PROG_LOAD, &attr);
}

/* Does the same to every frame. */
static int load_verdict(int type, int verdict)
{
	const struct bpf_insn code[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, verdict),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return load(type, code, sizeof code / sizeof *code);
}

/* Sends a frame whenever one is due and drops the others: a call for a few frames costs 10 ms and more, so there is one call
 * and the program paces it. The map holds when the next frame is due. */
static int load_paced(double rate)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
	int map = bpf(BPF_MAP_CREATE, &attr);
	const struct bpf_insn code[] = {
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 0, 0, 0),		/* r6: now */
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 9, 0),		/* to drop */
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 7, 0, 0, 0),		/* r7: due */
		INSN(BPF_JMP | BPF_JLT | BPF_X, 6, 7, 7, 0),		/* to drop */
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 7, 0, 0, (int)(1e9 / rate)),
		INSN(BPF_ALU64 | BPF_SUB | BPF_K, 6, 0, 0, LONGEST_DEBT_NS),
		INSN(BPF_JMP | BPF_JGE | BPF_X, 7, 6, 1, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 7, 6, 0, 0),
		INSN(BPF_STX | BPF_MEM | BPF_DW, 0, 7, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_TX),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_DROP),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return map < 0 ? map : load(BPF_PROG_TYPE_XDP, code, sizeof code / sizeof *code);
}

/* IPv4, UDP 198.18.0.1 to 198.18.0.2 port 9 (discard): a MAC that nobody has, so that no stack answers. */
static void build(uint8_t *frame, int bytes, int source)
{
	static const uint8_t start[] = { 2, 0, 0, 0, 0, 5, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0,
					 64, 17, 0, 0, 198, 18, 0, 1, 198, 18, 0, 2, 0x10, 0, 0, 9, 0, 0, 0, 0 };
	int ip = bytes - 14, udp = ip - 20, sum = 0;

	memset(frame, 0x5a, bytes);
	memcpy(frame, start, sizeof start);
	frame[5] = 0x10 + source; /* not the source, or a bridge has nothing to do */
	frame[11] = source;
	frame[35] = source; /* of the port: a flow of its own */
	frame[16] = ip >> 8, frame[17] = ip;
	frame[38] = udp >> 8, frame[39] = udp;
	for (int i = 14; i < 34; i += 2)
		sum += frame[i] << 8 | frame[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	frame[24] = sum >> 8, frame[25] = sum;
}

/* A program that does the same to all that comes in. A link, not an attachment: it ends with us, and we with who has started us. */
static int hold(const char *interface, int type, int attach, int flags, int verdict)
{
	union bpf_attr attr = { .link_create = { .prog_fd = load_verdict(type, verdict), .target_ifindex = if_nametoindex(interface),
						 .attach_type = attach, .flags = flags } };

	if (bpf(BPF_LINK_CREATE, &attr) < 0) {
		perror("generator: BPF_LINK_CREATE");
		return 1;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	puts("held");
	fflush(stdout);
	return pause() < 0;
}

static void on_alarm(int signal)
{
	(void)signal;
}

static uint64_t sent_packets(const char *interface)
{
	char path[128];
	unsigned long long n = 0;

	snprintf(path, sizeof path, "/sys/class/net/%s/statistics/tx_packets", interface);
	FILE *f = fopen(path, "r");
	if (f && fscanf(f, "%llu", &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "napi"))
		return hold(argv[2], BPF_PROG_TYPE_XDP, BPF_XDP, 1 << 2 /* XDP_FLAGS_DRV_MODE */, XDP_PASS);
	if (argc == 3 && !strcmp(argv[1], "drop"))
		return hold(argv[2], BPF_PROG_TYPE_SCHED_CLS, TCX_INGRESS, 0, TCX_DROP);
	if (argc < 4) {
		fprintf(stderr, "usage: generator INTERFACE SIZE SECONDS [PPS [SOURCE]]\n");
		return 2;
	}
	int bytes = atoi(argv[2]) - FCS, index = if_nametoindex(argv[1]);
	double duration = atof(argv[3]), rate = argc > 4 ? atof(argv[4]) : 0;
	uint8_t frame[9000];

	if (!index || bytes < 60 || bytes > 3500 || !(duration > 0) || duration > 600 || (rate && rate < 1)) {
		fprintf(stderr, "generator: no interface %s, or size not in 64..3504, seconds not in 0..600, or rate below 1\n", argv[1]);
		return 2;
	}
	build(frame, bytes, argc > 5 ? atoi(argv[5]) : 5);
	int program = rate > 0 ? load_paced(rate) : load_verdict(BPF_PROG_TYPE_XDP, XDP_TX);
	if (program < 0) {
		perror("generator: BPF_PROG_LOAD");
		return 1;
	}
	struct xdp_md context = { .data_end = bytes, .ingress_ifindex = index };
	union bpf_attr attr = { .test = { .prog_fd = program, .data_size_in = bytes, .data_in = (uintptr_t)frame,
					  .ctx_in = (uintptr_t)&context, .ctx_size_in = sizeof context,
					  .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH } };
	double begin = seconds();
	uint64_t before = sent_packets(argv[1]);
	struct itimerval alarm = { .it_value = { (long)duration, (duration - (long)duration) * 1e6 } };

	signal(SIGALRM, on_alarm); /* ends the call */
	setitimer(ITIMER_REAL, &alarm, NULL);
	attr.test.repeat = INT_MAX;
	while (seconds() < begin + duration)
		if (bpf(BPF_PROG_TEST_RUN, &attr) < 0 && errno != EINTR && errno != EAGAIN) {
			perror("generator: BPF_PROG_RUN");
			return 1;
		}
	printf("%llu %.6f\n", (unsigned long long)(sent_packets(argv[1]) - before), seconds() - begin);
	return 0;
}
