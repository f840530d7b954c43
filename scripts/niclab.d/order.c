// order send IF FLOWS COUNT | order receive IF FLOWS COUNT SECONDS: numbered UDP frames in turn of so many flows, and whether they come in
// the order of each flow, each one once. order move PID PREFIX...: has the threads whose names begin so change between two processors,
// 50 times a second, until it is ended. Built on the host, for the guest. It knows nothing of ifqd.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64, PORT = 36, FLOW = 42, NUMBER = 46, MOST = 256 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void put(unsigned char *at, unsigned value) {
  value = htonl(value);
  memcpy(at, &value, 4);
}

static unsigned get(const unsigned char *at) {
  unsigned value;
  memcpy(&value, at, 4);
  return ntohl(value);
}

static int starts_with_one_of(char **prefixes, const char *text) {
  for (; *prefixes; prefixes++)
    if (!strncmp(text, *prefixes, strlen(*prefixes))) return 1;
  return 0;
}

static int move(const char *process, char **prefixes) {
  char path[300], name[32];
  for (long moves = 0;; moves++) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(moves % 2, &one);
    snprintf(path, sizeof path, "/proc/%s/task", process);
    DIR *tasks = opendir(path);
    if (!tasks) return 0;
    for (struct dirent *task; (task = readdir(tasks));) {
      snprintf(path, sizeof path, "/proc/%s/task/%s/comm", process, task->d_name);
      FILE *comm = fopen(path, "r");
      if (!comm) continue;
      if (fgets(name, sizeof name, comm) && starts_with_one_of(prefixes, name)) sched_setaffinity(atoi(task->d_name), sizeof one, &one);
      fclose(comm);
    }
    closedir(tasks);
    usleep(20000);
  }
}

int main(int argc, char **argv) {
  if (argc > 3 && !strcmp(argv[1], "move")) return move(argv[2], argv + 3);
  if (argc < 5) return 2;
  int sending = !strcmp(argv[1], "send"), flows = atoi(argv[3]), buffer = 64 << 20;
  long count = atol(argv[4]);
  int s = socket(AF_PACKET, SOCK_RAW, htons(sending ? 0 : ETH_P_ALL));
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(sending ? 0 : ETH_P_ALL), .sll_ifindex = if_nametoindex(argv[2])};
  if (s < 0 || flows < 1 || flows > MOST || bind(s, (void *)&to, sizeof to)) return perror(argv[2]), 2;
  setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  unsigned char frame[2048] = {2, 0, 0, 0, 0, 13, 2, 0, 0, 0, 0, 12, 8, 0, 0x45, 0, 0, BYTES - 14, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
  unsigned sum = 0;
  for (int i = 14; i < 34; i += 2) sum += frame[i] << 8 | frame[i + 1];
  sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
  frame[24] = sum >> 8, frame[25] = sum;
  if (sending) {
    for (long i = 0; i < count; i++) {
      int flow = i % flows;
      frame[34] = 3, frame[35] = flow, frame[PORT] = 7, frame[PORT + 1] = 0xd0, frame[38] = 0, frame[39] = BYTES - 34;
      put(frame + FLOW, flow), put(frame + NUMBER, i / flows + 1);
      while (send(s, frame, BYTES, 0) < 0) usleep(100);
      if (i % 32 == 31) usleep(1000);
    }
    return 0;
  }
  static unsigned last[MOST];
  long received = 0, late = 0, twice = 0;
  for (double end = now() + atof(argv[5]); received < count && now() < end;) {
    struct pollfd p = {s, POLLIN, 0};
    if (poll(&p, 1, 200) <= 0) continue;
    ssize_t n = recv(s, frame, sizeof frame, 0);
    if (n < BYTES || frame[12] != 8 || frame[13] || frame[23] != 17 || frame[PORT] != 7 || frame[PORT + 1] != 0xd0) continue;
    unsigned flow = get(frame + FLOW), number = get(frame + NUMBER);
    if (flow >= (unsigned)flows) continue;
    received++;
    if (number == last[flow]) twice++;
    else if (number < last[flow]) late++;
    else last[flow] = number;
  }
  printf("%ld of %ld received, %ld out of order, %ld twice\n", received, count, late, twice);
  return received != count || late || twice;
}
