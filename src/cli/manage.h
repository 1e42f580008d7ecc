/* What `runboard engine` asks of the engine that runs. */
#ifndef CLI_MANAGE_H
#define CLI_MANAGE_H

struct cli;

int manage_backup(struct cli *c);
/* Prints the new token, this once; with --revoke takes one away. */
int manage_token(struct cli *c);

#endif
