/* Reduces colours: RGB to the cube of 256, 256 to 16, 16 to 8 and bold. */
#include "term/look.h"

enum {
	RGB = 0x1000000,
	CUBE = 16,		/* first colour of the 6x6x6 cube */
	GREYS = 232,		/* first of the 24 greys */
	DIRECT_COLOURS = 1 << 24,
};

/* xterm's sixteen. */
static const uint32_t SIXTEEN[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

static const int STEPS[6] = { 0, 95, 135, 175, 215, 255 };

static uint32_t rgb_of(int32_t colour)
{
	if (colour >= RGB)
		return (uint32_t)colour & 0xffffff;
	if (colour < CUBE)
		return SIXTEEN[colour];
	if (colour >= GREYS)
		return (uint32_t)(8 + 10 * (colour - GREYS)) * 0x010101u;
	int index = colour - CUBE;
	return (uint32_t)STEPS[index / 36] << 16 | (uint32_t)STEPS[index / 6 % 6] << 8 |
	       (uint32_t)STEPS[index % 6];
}

static int part(uint32_t rgb, int shift)
{
	return (int)(rgb >> shift & 0xff);
}

static int distance(uint32_t a, uint32_t b)
{
	int red = part(a, 16) - part(b, 16), green = part(a, 8) - part(b, 8);
	int blue = part(a, 0) - part(b, 0);
	return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

static int nearest(uint32_t rgb, int first, int last)
{
	int best = first;
	for (int i = first; i <= last; i++) {
		if (distance(rgb, rgb_of(i)) < distance(rgb, rgb_of(best)))
			best = i;
	}
	return best;
}

/* To what the terminal has; *flags gets bold where 8 colours have no bright. */
static int reduce(const struct look_terminal *t, int32_t colour, unsigned *flags)
{
	if (colour < 0 || t->depth == DEPTH_MONO)
		return -1;
	if (t->colours >= DIRECT_COLOURS) {
		/* Direct colour keeps the first eight numbers for the palette. */
		if (colour < 8)
			return colour;
		uint32_t rgb = rgb_of(colour);
		return (int)(rgb < 8 ? 0 : rgb);
	}
	if (colour >= RGB && t->colours >= 256)
		return nearest(rgb_of(colour), CUBE, 255);
	if (colour >= 16 && t->colours < 256)
		colour = nearest(rgb_of(colour), 0, 15);
	if (colour >= 8 && t->colours < 16) {
		*flags |= CELL_BOLD;
		colour -= 8;
	}
	return colour;
}

struct look_terminal look_detect(int colours, bool direct, const char *no_colour)
{
	if (colours < 8 || (no_colour && no_colour[0]))
		return (struct look_terminal){ .depth = DEPTH_MONO };
	if (direct && colours >= DIRECT_COLOURS)
		return (struct look_terminal){ DEPTH_TRUE, DIRECT_COLOURS };
	if (colours >= 256)
		return (struct look_terminal){ DEPTH_256, 256 };
	return (struct look_terminal){ DEPTH_16, colours >= 16 ? 16 : 8 };
}

struct look look_of(const struct look_terminal *t, const struct theme *theme,
		    const struct cell *cell)
{
	const struct theme_look *role = &theme->looks[t->depth][cell->role];
	struct look look = { .flags = role->flags | cell->flags };
	unsigned unused = 0;
	look.fore = reduce(t, cell->fore >= 0 ? cell->fore : role->fore, &look.flags);
	look.back = reduce(t, cell->back >= 0 ? cell->back : role->back, &unused);
	/* Two colours may have become one: nothing may be hidden. */
	if (look.fore >= 0 && look.fore == look.back)
		look.back = -1;
	return look;
}
