/* The two protocols of a service manager (sd_listen_fds(3), sd_notify(3)), without
 * its library: sockets that it opened for us, and telling it how we are. */
#ifndef IO_SYSTEMD_H
#define IO_SYSTEMD_H

enum { SYSTEMD_FIRST_FD = 3 };

/* How many listening descriptors were handed to this process, from
 * SYSTEMD_FIRST_FD on; 0: none. They are made close-on-exec and non-blocking, and
 * the variables are taken out of the environment: call it once. */
int systemd_listen_fds(void);
/* "READY=1", "STOPPING=1", "STATUS=...". Nothing where nobody waits for it. */
void systemd_notify(const char *state);

#endif
