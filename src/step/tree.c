/* Walks /proc/PID/task/TID/children. A walk is a snapshot: whoever kills walks
 * again until nothing is left. */
#include "step/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"

enum { PROC_FILE_MAX = 1 << 20, MS = 1000 };

struct pids {
	pid_t *items;
	size_t len, cap;
};

static void read_proc(pid_t pid, const char *name, struct str *out)
{
	struct str path = { 0 };
	if (pid)
		str_addf(&path, "/proc/%d/%s", (int)pid, name);
	else
		str_addf(&path, "/proc/self/%s", name);
	str_clear(out);
	file_read(str_text(&path), PROC_FILE_MAX, out, NULL);
	str_release(&path);
}

static void add_children_of_thread(pid_t pid, const char *tid, struct pids *pids)
{
	struct str name = { 0 }, text = { 0 };
	str_addf(&name, "task/%s/children", tid);
	read_proc(pid, str_text(&name), &text);
	struct view rest = view_of_str(&text), word;
	int64_t child;
	while (view_split(&rest, ' ', &word))
		if (number_parse(view_trim(word), 1, INT32_MAX, &child))
			vec_push(pids, (pid_t)child);
	str_release(&name);
	str_release(&text);
}

/* pid 0: of this process. */
static void add_children(pid_t pid, struct pids *pids)
{
	struct str path = { 0 };
	if (pid)
		str_addf(&path, "/proc/%d/task", (int)pid);
	else
		str_add_text(&path, "/proc/self/task");
	DIR *dir = opendir(str_text(&path));
	str_release(&path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			add_children_of_thread(pid, entry->d_name, pids);
	closedir(dir);
}

/* Parents before their children. */
static void add_descendants(struct pids *pids)
{
	add_children(0, pids);
	for (size_t i = 0; i < pids->len; i++)
		add_children(pids->items[i], pids);
}

size_t tree_signal(int signum)
{
	struct pids pids = { 0 };
	add_descendants(&pids);
	for (size_t i = 0; i < pids.len; i++)
		kill(pids.items[i], signum);
	size_t n = pids.len;
	vec_release(&pids);
	return n;
}

/* The number behind "KEY:" in a file of lines. */
static int64_t number_of(struct view text, const char *key)
{
	struct view line;
	while (view_split(&text, '\n', &line)) {
		struct view name;
		if (!view_split(&line, ':', &name) || !view_is(name, key))
			continue;
		struct view digits = view_trim(line);
		view_split(&digits, ' ', &name);
		int64_t n;
		return number_parse(name, 0, INT64_MAX, &n) ? n : 0;
	}
	return 0;
}

static void add_io(pid_t pid, struct tree_usage *sum)
{
	struct str text = { 0 };
	read_proc(pid, "io", &text);
	sum->read_bytes += number_of(view_of_str(&text), "read_bytes");
	sum->write_bytes += number_of(view_of_str(&text), "write_bytes");
	str_release(&text);
}

/* utime and stime stand 11 and 12 words behind the name's closing bracket. */
static int64_t cpu_ms_of(struct view stat)
{
	size_t at = stat.len;
	while (at && stat.ptr[at - 1] != ')')
		at--;
	struct view rest = view_trim(view_cut(stat, at, stat.len)), word;
	int64_t ticks = 0, n;
	for (int i = 0; i < 13 && view_split(&rest, ' ', &word); i++)
		if (i >= 11 && number_parse(word, 0, INT64_MAX / MS, &n))
			ticks += n;
	return ticks * MS / sysconf(_SC_CLK_TCK);
}

struct tree_usage tree_usage_now(void)
{
	struct pids pids = { 0 };
	struct tree_usage sum = { 0 };
	struct str text = { 0 };
	add_descendants(&pids);
	for (size_t i = 0; i < pids.len; i++) {
		read_proc(pids.items[i], "stat", &text);
		sum.cpu_ms += cpu_ms_of(view_of_str(&text));
		read_proc(pids.items[i], "status", &text);
		int64_t rss_kb = number_of(view_of_str(&text), "VmHWM");
		if (rss_kb > sum.rss_kb)
			sum.rss_kb = rss_kb;
		add_io(pids.items[i], &sum);
	}
	str_release(&text);
	vec_release(&pids);
	return sum;
}

static int64_t ms_of(struct timeval t)
{
	return (int64_t)t.tv_sec * MS + t.tv_usec / MS;
}

pid_t tree_reap(int *status, struct tree_usage *sum)
{
	siginfo_t info = { 0 };
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT))
		return errno == ECHILD ? -1 : 0;
	if (!info.si_pid)
		return 0;
	/* A zombie still tells what it and the children it waited for have moved. */
	add_io(info.si_pid, sum);
	struct rusage use = { 0 };
	if (wait4(info.si_pid, status, WNOHANG, &use) != info.si_pid)
		return 0;
	sum->cpu_ms += ms_of(use.ru_utime) + ms_of(use.ru_stime);
	if (use.ru_maxrss > sum->rss_kb)
		sum->rss_kb = use.ru_maxrss;
	return info.si_pid;
}
