/* Runs a fuzzer's corpus once, without a fuzzing engine: as replay_NAME each file of
 * tests/fuzz/corpus/NAME, or each file and folder given as argument; with `--random N
 * SEED` also N inputs of chance (the seed of one that fails is told). */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUT_MAX = 16 << 20 };

static size_t replay_file(const char *path)
{
	struct str s = { 0 };
	struct err err = { 0 };
	if (!file_read(path, INPUT_MAX, &s, &err)) {
		fprintf(stderr, "%s\n", err_text(&err));
		exit(EXIT_FAILURE);
	}
	LLVMFuzzerTestOneInput((const uint8_t *)str_text(&s), s.len);
	str_release(&s);
	return 1;
}

static size_t replay_folder(const char *path, DIR *folder)
{
	size_t n = 0;
	for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
		if (e->d_name[0] == '.')
			continue;
		struct str name = { 0 };
		str_addf(&name, "%s/%s", path, e->d_name);
		n += replay_file(str_text(&name));
		str_release(&name);
	}
	return n;
}

static size_t replay(const char *path)
{
	DIR *folder = opendir(path);
	if (!folder)
		return replay_file(path);
	size_t n = replay_folder(path, folder);
	closedir(folder);
	return n;
}

static uint64_t next_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t x = *state;
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t seed_now;

static void on_abort(int signum)
{
	(void)signum;
	fprintf(stderr, "with --random 1 %llu\n", (unsigned long long)seed_now);
}

static size_t replay_random(size_t n, uint64_t seed)
{
	uint8_t bytes[512];
	signal(SIGABRT, on_abort);
	for (size_t i = 0; i < n; i++) {
		uint64_t state = seed_now = seed + i;
		size_t len = next_random(&state) % sizeof bytes;
		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)next_random(&state);
		LLVMFuzzerTestOneInput(bytes, len);
	}
	return n;
}

static size_t replay_own(const char *program)
{
	struct str path = { 0 };
	const char *name = strstr(program, "replay_");
	str_addf(&path, "%s/tests/fuzz/corpus/%s", SRCDIR, name ? name + strlen("replay_") : "");
	size_t n = replay(str_text(&path));
	str_release(&path);
	return n;
}

int main(int argc, char **argv)
{
	size_t n = 0;
	bool random = argc == 4 && !strcmp(argv[1], "--random");
	if (random)
		n = replay_random(strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	for (int i = 1; !random && i < argc; i++)
		n += replay(argv[i]);
	if (argc < 2)
		n = replay_own(argv[0]);
	printf("replay: %zu passed, 0 failed\n", n);
	return n ? EXIT_SUCCESS : EXIT_FAILURE;
}
