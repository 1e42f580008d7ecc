/* Bytes in, keys out. */
#include "term/decode.h"

#include "lib/unit.h"

static void add_key(void *arg, const struct key *key)
{
	struct str *s = arg;
	if (s->len > 0)
		str_add_char(s, ' ');
	key_add_name(s, *key);
	if (key->code == KEY_CODE_MOUSE)
		str_addf(s, "%d@%d,%d", (int)key->button, key->row, key->col);
	if (key->code == KEY_CODE_PASTE)
		str_addf(s, "(%.*s)", (int)key->paste.len, key->paste.ptr);
}

static void learn(struct decode *d)
{
	static const struct decode_string strings[] = {
		{ { "\x1bOA", 3 }, KEY_CODE_UP, 0 },   { { "\x1b[[A", 4 }, KEY_CODE_F1, 0 },
		{ { "\x1b[3~", 4 }, KEY_CODE_DELETE, 0 }, { { "\b", 1 }, KEY_CODE_BACKSPACE, 0 },
		{ { "\x1b\x1f!q", 4 }, KEY_CODE_F12, 0 }, { { "x", 1 }, KEY_CODE_F11, 0 },
		{ { "", 0 }, KEY_CODE_F10, 0 },
	};
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		decode_learn(d, strings[i]);
}

struct example {
	const char *bytes;
	const char *keys;
};

static const struct example EXAMPLES[] = {
	{ "jk", "j k" },
	{ "x", "x" },
	{ "A", "A" },
	{ " ", "Space" },
	{ "\r\n\t", "Enter Enter Tab" },
	{ "\x7f\b", "Backspace Backspace" },
	{ "\x04\x1a\x0c", "Ctrl-D Ctrl-Z Ctrl-L" },
	{ "\x1c\x1f", "Ctrl-\\ Ctrl-_" },
	{ "é日🎉", "é 日 🎉" },
	{ "\x1b[A\x1b[B\x1b[C\x1b[D", "Up Down Right Left" },
	{ "\x1bOA\x1bOP\x1bOH\x1bOM", "Up F1 Home Enter" },
	{ "\x1bOp\x1bOy", "0 9" },
	{ "\x1b[[A\x1b[[E", "F1 F5" },
	{ "\x1b[1;5C\x1b[1;2A\x1b[1;3D\x1b[1;8H", "Ctrl-Right Shift-Up Alt-Left Ctrl-Alt-Shift-Home" },
	{ "\x1b[5~\x1b[6~\x1b[3;5~\x1b[15~\x1b[24~", "PgUp PgDn Ctrl-Delete F5 F12" },
	{ "\x1b[1;2P\x1b[Z", "Shift-F1 Shift-Tab" },
	{ "\x1bx\x1bX1", "Alt-x" },	/* ESC X begins a string: nothing more comes of it */
	{ "\x1b\x04\x1bé\x1b\r", "Ctrl-Alt-D Alt-é Alt-Enter" },
	{ "\x1b\x1b[A", "Esc Up" },
	{ "\x1b\x1f!q\x1b\x1f!z", "F12 Ctrl-Alt-_ ! z" },
	{ "\x1b[200~a\x1b[Ab\x1b[201~c", "Paste(a\x1b[Ab) c" },
	{ "\x1b[200~\x1b[201~", "Paste()" },
	{ "\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<2;1;1M", "Mouse0@2,4 Mouse2@0,0" },
	{ "\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<16;2;2M", "Mouse3@0,0 Mouse4@0,0 Ctrl-Mouse0@1,1" },
	{ "\x1b[<35;5;3M\x1b[<0;0;0Mj", "j" },
	{ "\x1b[M abj", "j" },
	{ "\x1b[I\x1b[O", "FocusIn FocusOut" },
	{ "\x1b[?62;1;4cj\x1b[0nk\x1b[12;40Rl", "j k l" },
	{ "\x1b]11;rgb:0000/0000/0000\x1b\\j\x1bP1$r0m\x1b\\k\x1b]0;x\al", "j k l" },
	{ "\x1b[97;5u\x1b[13;2u\x1b[27;5;9~\x1b[9;2u", "Ctrl-a Shift-Enter Ctrl-Tab Shift-Tab" },
	{ "\x1b_broken\x1b\x1b\x1b[A", "Esc Esc Up" },
	{ "\x1b[12\x1b[A", "Up" },
	{ "\x1b[999999999999;5Aj", "j" },
	{ "\xc3(\xff\xf0\x9fj", "( j" },
	{ "\xc0\x80\xed\xa0\x80j", "j" },
	{ "\xc2\x9bj", "j" },
};

enum { N_EXAMPLES = sizeof(EXAMPLES) / sizeof(EXAMPLES[0]) };

static void check(const struct example *e, size_t chunk)
{
	struct decode d;
	struct str keys = { 0 };
	struct view bytes = view_of(e->bytes);
	decode_init(&d, add_key, &keys);
	learn(&d);
	for (size_t at = 0; at < bytes.len; at += chunk)
		decode_feed(&d, view_cut(bytes, at, chunk), 1000);
	/* "Ctrl-A" is how it is shown. */
	ck_assert_msg(view_find_fold(view_of_str(&keys), view_of(e->keys), 0) == 0 &&
			      keys.len == strlen(e->keys),
		      "%s instead of %s", str_text(&keys), e->keys);
	str_release(&keys);
	decode_release(&d);
}

START_TEST(bytes_become_keys)
{
	check(&EXAMPLES[_i], 1000);
}
END_TEST

START_TEST(it_does_not_matter_how_reads_are_cut)
{
	for (size_t chunk = 1; chunk < 6; chunk++)
		check(&EXAMPLES[_i], chunk);
}
END_TEST

static struct str timeout_of(const char *bytes, int64_t *deadline_ms)
{
	struct decode d;
	struct str keys = { 0 };
	decode_init(&d, add_key, &keys);
	learn(&d);
	decode_feed(&d, view_of(bytes), 1000);
	*deadline_ms = d.deadline_ms;
	decode_timeout(&d);
	decode_feed(&d, VIEW("j"), 2000);
	ck_assert_int_eq(d.deadline_ms, 0);
	decode_release(&d);
	return keys;
}

START_TEST(what_is_held_is_taken_when_time_is_up)
{
	static const struct {
		const char *bytes, *keys;
		int64_t deadline_ms;
	} examples[] = {
		{ "\x1b", "Esc j", 1000 + DECODE_ESC_MS },
		{ "k\x1b", "k Esc j", 1000 + DECODE_ESC_MS },
		{ "\x1b[", "Alt-[ j", 1000 + DECODE_SEQUENCE_MS },
		{ "\x1bO", "Alt-O j", 1000 + DECODE_SEQUENCE_MS },
		{ "\x1bP", "Alt-P j", 1000 + DECODE_SEQUENCE_MS },
		{ "\x1b]0;never ends", "j", 1000 + DECODE_SEQUENCE_MS },
		{ "\x1b[1;5", "j", 1000 + DECODE_SEQUENCE_MS },
		{ "\xe6\x97", "j", 1000 + DECODE_SEQUENCE_MS },
		{ "", "j", 0 },
	};
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		int64_t deadline_ms;
		struct str keys = timeout_of(examples[i].bytes, &deadline_ms);
		ck_assert_str_eq(str_text(&keys), examples[i].keys);
		ck_assert_int_eq(deadline_ms, examples[i].deadline_ms);
		str_release(&keys);
	}
}
END_TEST

static void measure(void *arg, const struct key *key)
{
	size_t *longest = arg;
	if (key->paste.len > *longest)
		*longest = key->paste.len;
}

START_TEST(a_paste_has_a_cap_and_no_deadline)
{
	struct decode d;
	size_t longest = 0;
	struct str chunk = { 0 };
	decode_init(&d, measure, &longest);
	str_add_many(&chunk, 'a', 100000);
	decode_feed(&d, VIEW("\x1b[200~"), 1000);
	for (int i = 0; i < 20; i++)
		decode_feed(&d, view_of_str(&chunk), 1000);
	ck_assert_int_eq(d.deadline_ms, 0);
	decode_timeout(&d);
	decode_feed(&d, VIEW("\x1b[201~"), 1000);
	ck_assert_uint_eq(longest, DECODE_PASTE_MAX);
	str_release(&chunk);
	decode_release(&d);
}
END_TEST

START_TEST(a_string_without_end_holds_no_memory_and_ends_in_time)
{
	struct decode d;
	struct str keys = { 0 }, chunk = { 0 };
	decode_init(&d, add_key, &keys);
	str_add_many(&chunk, 'a', 100000);
	decode_feed(&d, VIEW("\x1b]52;c;"), 1000);
	decode_feed(&d, view_of_str(&chunk), 1100);
	ck_assert_uint_lt(d.held.len, 10);
	/* Bytes that keep coming do not move the end away. */
	ck_assert_int_eq(d.deadline_ms, 1000 + DECODE_SEQUENCE_MS);
	decode_timeout(&d);
	decode_feed(&d, VIEW("j"), 2000);
	ck_assert_str_eq(str_text(&keys), "j");
	str_release(&chunk);
	str_release(&keys);
	decode_release(&d);
}
END_TEST

Suite *suite_decode(void);

Suite *suite_decode(void)
{
	Suite *s = suite_create("decode");
	TCase *tc = tcase_create("decode");
	tcase_add_loop_test(tc, bytes_become_keys, 0, N_EXAMPLES);
	tcase_add_loop_test(tc, it_does_not_matter_how_reads_are_cut, 0, N_EXAMPLES);
	tcase_add_test(tc, what_is_held_is_taken_when_time_is_up);
	tcase_add_test(tc, a_paste_has_a_cap_and_no_deadline);
	tcase_add_test(tc, a_string_without_end_holds_no_memory_and_ends_in_time);
	suite_add_tcase(s, tc);
	return s;
}
