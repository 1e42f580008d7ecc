/* Whether the machine went down since the engine ran last, and whether under it: then
 * the disk may not have what it said it had. Two small files in the state folder:
 * `boot`, the machine's boot in which it ran last, and `running` while it runs. */
#ifndef ENGINE_BOOT_H
#define ENGINE_BOOT_H

enum boot {
	BOOT_SAME,			/* attempts of then may still run */
	BOOT_LATER,			/* the engine had ended before */
	BOOT_CRASHED			/* the engine was running */
};

/* As it was before this start. */
enum boot boot_look(const char *state);
void boot_begin(const char *state);
void boot_end(const char *state);

#endif
