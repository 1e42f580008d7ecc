/* Functions that must not compile. The makefile puts this file before every
 * source, after config.h: it includes the system headers concerned first, so
 * that their own declarations are already read when the names are taken away. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#define strcpy(a, b) banned_strcpy_use_struct_str
#undef strcat
#define strcat(a, b) banned_strcat_use_struct_str
#undef strncpy
#define strncpy(a, b, n) banned_strncpy_use_struct_str
#undef strtok
#define strtok(a, b) banned_strtok_use_struct_view
#undef sprintf
#define sprintf(...) banned_sprintf_use_str_addf
#undef vsprintf
#define vsprintf(...) banned_vsprintf_use_str_addf
#undef gets
#define gets(a) banned_gets
#undef localtime
#define localtime(a) banned_localtime_use_when
#undef gmtime
#define gmtime(a) banned_gmtime_use_when
#undef ctime
#define ctime(a) banned_ctime_use_when
#undef asctime
#define asctime(a) banned_asctime_use_when
#undef atoi
#define atoi(a) banned_atoi_use_number_parse
#undef atol
#define atol(a) banned_atol_use_number_parse
#undef atof
#define atof(a) banned_atof_use_number_parse

#endif
