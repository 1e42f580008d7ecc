/* The octets of a tar archive around its contents. */
#include "engine/tar.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 100, MODE_AT = 100, SIZE_AT = 124, TIME_AT = 136, SUM_AT = 148, TYPE_AT = 156,
       MAGIC_AT = 257, SUM_SIZE = 8, NUMBER = 12 };

static void put(char *block, size_t at, const char *text)
{
	memcpy(block + at, text, strlen(text));
}

static void put_octal(char *block, size_t at, int64_t n)
{
	char digits[NUMBER + 12];
	snprintf(digits, sizeof digits, "%011llo", (unsigned long long)n);
	memcpy(block + at, digits, NUMBER - 1);
}

/* Its own field counts as blanks. */
static void put_sum(char *block)
{
	char digits[SUM_SIZE];
	unsigned sum = 0;
	memset(block + SUM_AT, ' ', SUM_SIZE);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(digits, sizeof digits, "%06o", sum);
	memcpy(block + SUM_AT, digits, SUM_SIZE - 1);
}

static void add_block(struct str *out, struct view name, const struct tar_entry *entry, char type)
{
	char block[TAR_BLOCK] = { 0 };
	memcpy(block, name.ptr, name.len < NAME ? name.len : NAME);
	put(block, MODE_AT, "0000600");
	put(block, MODE_AT + 8, "0000000");
	put(block, MODE_AT + 16, "0000000");
	put_octal(block, SIZE_AT, entry->size);
	put_octal(block, TIME_AT, entry->at_ms / 1000);
	block[TYPE_AT] = type;
	put(block, MAGIC_AT, "ustar");
	put(block, MAGIC_AT + 6, "00");
	put_sum(block);
	str_add_bytes(out, block, sizeof block);
}

void tar_add_head(struct str *out, const struct tar_entry *entry)
{
	struct view name = view_of(entry->name);
	if (name.len >= NAME) {
		const struct tar_entry is_long = { .size = (int64_t)name.len + 1 };
		add_block(out, VIEW("././@LongLink"), &is_long, 'L');
		str_add_bytes(out, name.ptr, name.len + 1);
		tar_add_padding(out, is_long.size);
	}
	add_block(out, name, entry, '0');
}

void tar_add_padding(struct str *out, int64_t size)
{
	str_add_many(out, '\0', (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK));
}

void tar_add_text(struct str *out, const char *name, int64_t at_ms, struct view content)
{
	tar_add_head(out, &(struct tar_entry){ name, (int64_t)content.len, at_ms });
	str_add(out, content);
	tar_add_padding(out, (int64_t)content.len);
}

void tar_add_end(struct str *out)
{
	str_add_many(out, '\0', TAR_BLOCK * 2);
}
