/* The log of a program, never the screen: one record a line, printable only
 * (clean_label), with a journald priority prefix when stderr is the journal. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_NOTE, LOG_LEVEL_DEBUG };

/* Opened once in main; fd stays the caller's. Without it nothing is written. */
void log_open(int fd, enum log_level most);
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
