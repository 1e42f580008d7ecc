/* What was told of each run: lists come again and again, the board is told what is
 * new. A run that was told closed is never told open again (visibility lags behind
 * describe). */
#include "backend/temporal_inside.h"

#include "base/mem.h"

void temporal_rules(const struct temporal *t, struct temporal_rules *out)
{
	*out = (struct temporal_rules){ .context = t->base.context,
					.now_ms = temporal_server_ms(t),
					.waiting_memo = view_of(t->waiting_memo),
					.off_reset = temporal_off(t, TEMPORAL_RESET),
					.off_activity = temporal_off(t, TEMPORAL_ACTIVITY) };
}

struct temporal_known *temporal_known(struct temporal *t, struct view id)
{
	return map_get(&t->known, id);
}

static void set_text(char **place, struct view v)
{
	if (!v.len || (*place && view_is(v, *place)))
		return;
	mem_free(*place);
	*place = mem_bytes(v.ptr, v.len);
}

struct temporal_known *temporal_learn(struct temporal *t, const struct run_facts *run)
{
	struct temporal_known *k = temporal_known(t, run->id);
	if (!k) {
		k = mem_zero(sizeof *k);
		k->id = mem_bytes(run->id.ptr, run->id.len);
		k->wants_look = run_status_is_open(run->status);
		map_put(&t->known, run->id, k);
	}
	k->created_ms = run->created_ms;
	set_text(&k->workflow_id, run->short_id);
	set_text(&k->type, run->workflow);
	set_text(&k->queue, run->queue);
	set_text(&k->title, run->title);
	return k;
}

/* Of two runs the one whose queue is the better guess: one that a worker has taken
 * before one that waits for any, then the newer. */
static bool is_better_guess(const struct temporal_known *k, const struct temporal_known *than)
{
	if (!than)
		return true;
	bool taken = k->status != RUN_PENDING && k->status != RUN_PLANNED;
	bool was_taken = than->status != RUN_PENDING && than->status != RUN_PLANNED;
	return taken != was_taken ? taken : k->created_ms > than->created_ms;
}

const char *temporal_last_queue(struct temporal *t, struct view type)
{
	const struct temporal_known *last = NULL;
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		if (k->type && view_is(type, k->type) && k->queue && is_better_guess(k, last))
			last = k;
	}
	return last ? last->queue : NULL;
}

static void known_free(struct temporal_known *k)
{
	mem_free(k->id);
	mem_free(k->workflow_id);
	mem_free(k->type);
	mem_free(k->queue);
	mem_free(k->title);
	mem_free(k->prompt);
	mem_free(k->prompt_json);
	mem_free(k->memo);
	mem_free(k);
}

void temporal_forget_all(struct temporal *t)
{
	size_t at = 0;
	struct view id;
	void *k;
	while (map_next(&t->known, &at, &id, &k))
		known_free(k);
	map_release(&t->known);
	t->known = (struct map){ 0 };
	temporal_memos_forget(t);
}

void temporal_note_memo(struct temporal_known *k, struct view memo)
{
	mem_free(k->memo);
	k->memo = memo.len ? mem_bytes(memo.ptr, memo.len) : NULL;
}

const char *temporal_prompt_of(const struct temporal_known *k)
{
	return k->prompt ? k->prompt : k->memo ? k->memo : "waits for approval";
}

static void put_gate(const struct temporal_known *k, struct run_facts *run)
{
	run->status = RUN_WAITING;
	run->n_gates = 1;
	run->waiting = (struct gate_facts){
		.kind = GATE_APPROVAL, .task = VIEW("gate"), .prompt = view_of(temporal_prompt_of(k)),
		.required = 1, .attempt = 1, .version = 1,
		.since_ms = k->gate_ms ? k->gate_ms : run->started_ms,
	};
	run->pending_reason = VIEW("approval");
	run->pending_detail = k->listed_waiting ? VIEW("the visibility filter says so") :
			      k->asked_waiting	? VIEW("its query says so") :
						  VIEW("its workflow is idle, or its activity is a person's");
}

bool temporal_complete(struct temporal *t, struct run_facts *run)
{
	struct temporal_known *k = temporal_learn(t, run);
	bool open = run_status_is_open(run->status);
	if (open && k->sign && !run_status_is_open(k->status))
		return false;
	/* Begun, as describe said; lists learn it when its first task ends well. */
	if (run->status == RUN_PENDING && k->sign && k->status == RUN_RUNNING)
		return false;
	if (run->status == RUN_FAILED && k->status == RUN_REJECTED)
		run->status = RUN_REJECTED;
	if (!run->title.len)
		run->title = view_of(k->title);
	if (run->n_gates && !k->looked_waiting) {
		k->looked_waiting = true;
		k->gate_ms = run->waiting.since_ms;
		if (run->waiting.prompt.len)
			temporal_note_memo(k, run->waiting.prompt);
	}
	/* Lists have it sealed where a codec server is needed. */
	if (run->n_gates && !run->waiting.prompt.len)
		run->waiting.prompt = view_of(temporal_prompt_of(k));
	if (open && run->status == RUN_RUNNING && !run->n_gates &&
	    (k->listed_waiting || k->looked_waiting))
		put_gate(k, run);
	if (run->pending_reason.len == 0 && run->status == RUN_WAITING)
		run->pending_reason = VIEW("approval");
	temporal_allow(run);
	run->seq = ++t->seq;
	return true;
}

bool temporal_row(struct temporal *t, const struct json *info, struct arena *arena,
		  struct run_facts *out)
{
	struct temporal_rules rules;
	temporal_rules(t, &rules);
	if (!temporal_run(info, &rules, arena, out))
		return false;
	if (out->status == RUN_COMPLETED)
		temporal_learn(t, out)->length = json_get_int(info, "historyLength", 0);
	return temporal_complete(t, out);
}

/* ---- telling ---- */

static uint64_t mix(uint64_t sum, struct view v)
{
	return sum * 1099511628211U ^ view_hash(v);
}

static uint64_t mix_number(uint64_t sum, int64_t n)
{
	return mix(sum, view_bytes(&n, sizeof n));
}

/* Of all that a card shows. */
static uint64_t sign_of(const struct run_facts *run)
{
	uint64_t sum = 1;
	const struct view texts[] = { run->title, run->raw_status, run->current_task,
				      run->waiting.prompt, run->error.message, run->worker,
				      run->pending_detail };
	const int64_t numbers[] = { run->status, run->started_ms, run->ended_ms,
				    run->current_attempt, run->current_status, run->n_gates,
				    (int64_t)(run->progress * 1000), run->tasks_done,
				    run->tasks_total, run->cancel_at_ms };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		sum = mix(sum, texts[i]);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sum = mix_number(sum, numbers[i]);
	for (size_t i = 0; i < run->labels.len; i++)
		sum = mix(mix(sum, run->labels.items[i].name), run->labels.items[i].value);
	return sum ? sum : 1;
}

/* From the board: its memo may still say that it belongs there. */
static void leave(struct temporal *t, struct view id)
{
	struct temporal_known *k = map_remove(&t->known, id);
	if (!k)
		return;
	bool told = k->sign != 0;
	struct view own = view_of(k->id);
	if (told)
		t->base.sink->gone(t->base.sink->arg, own);
	known_free(k);
}

void temporal_tell_gone(struct temporal *t, struct view id)
{
	temporal_memo_drop(t, id);
	leave(t, id);
}

/* True where it is hidden, or the filter does not want it: then it is told gone. */
static bool is_left_out(struct temporal *t, const struct run_facts *run)
{
	const struct view name = view_of(t->name);
	const struct filter_env env = filter_env_of(temporal_server_ms(t), &name);
	if (!temporal_is_hidden(run) && filter_match(t->watch.filter, run, &env))
		return false;
	if (temporal_is_hidden(run))
		temporal_tell_gone(t, run->id);
	else
		leave(t, run->id);
	return true;
}

static void tell(struct temporal *t, struct temporal_known *k, const struct run_facts *run,
		 uint64_t sign)
{
	k->sign = sign;
	k->status = run->status;
	k->started_ms = run->started_ms;
	k->ended_ms = run->ended_ms;
	t->base.sink->runs(t->base.sink->arg, run, 1);
}

void temporal_tell_look(struct temporal *t, const struct run_facts *run)
{
	uint64_t sign = sign_of(run);
	struct temporal_known *k = temporal_learn(t, run);
	if (!is_left_out(t, run) && k->sign != sign)
		tell(t, k, run, sign);
}

bool temporal_tell_row(struct temporal *t, const struct run_facts *run)
{
	uint64_t sign = sign_of(run);
	struct temporal_known *k = temporal_learn(t, run);
	/* A snapshot names each of its runs, once. */
	bool named = !t->watch.in_snapshot || k->snapshot == t->watch.snapshots;
	if (is_left_out(t, run) || (k->row_sign == sign && named))
		return false;
	k->row_sign = sign;
	k->wants_look = run_status_is_open(run->status) || run->status == RUN_FAILED;
	tell(t, k, run, sign);
	return true;
}

void temporal_tell_read(struct temporal *t, const struct run_facts *sealed,
			const struct run_facts *read)
{
	uint64_t before = sign_of(sealed), sign = sign_of(read);
	struct temporal_known *k = temporal_learn(t, read);
	if (is_left_out(t, read))
		return;
	if (k->row_sign == before)
		k->row_sign = sign;
	/* A look has told more since, maybe while the codec server was away. */
	if (k->sign && k->sign != before)
		k->wants_look = k->wants_look || !run_status_is_open(read->status);
	else
		tell(t, k, read, sign);
}

/* ---- what has long ended ---- */

static bool is_old(const struct temporal *t, const struct temporal_known *k)
{
	return k->snapshot != t->watch.snapshots && k->sign && !run_status_is_open(k->status) &&
	       temporal_server_ms(t) - k->ended_ms > TEMPORAL_LAG_MS;
}

void temporal_drop_old(struct temporal *t)
{
	struct str ids = { 0 };
	size_t at = 0;
	struct view id, rest;
	void *value;
	ticket_id ticket = t->watch.ticket;
	while (map_next(&t->known, &at, &id, &value)) {
		if (!is_old(t, value))
			continue;
		str_add(&ids, id);
		str_add_char(&ids, '\n');
	}
	rest = view_of_str(&ids);
	while (!t->dead && t->watch.ticket == ticket && view_split(&rest, '\n', &id)) {
		if (id.len)
			temporal_tell_gone(t, id);
	}
	str_release(&ids);
	temporal_memos_drop_old(t);
}
