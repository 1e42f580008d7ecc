/* The unit tests of backend: one suite a source file, and the rules of all. */
#include "lib/unit.h"

unit_suite_fn suite_backend, suite_backoff, suite_context, suite_local, suite_local_run,
	suite_local_stream, suite_replay, suite_rules, suite_temporal, suite_temporal_batch,
	suite_temporal_board, suite_temporal_codec,
	suite_temporal_detail, suite_temporal_follow, suite_temporal_history, suite_temporal_link,
	suite_temporal_mapping, suite_temporal_memo, suite_temporal_opening, suite_temporal_orders,
	suite_temporal_parse, suite_temporal_profile, suite_temporal_prompt, suite_temporal_space,
	suite_temporal_windows;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_backend, suite_backoff, suite_context, suite_local, suite_local_run,
		suite_local_stream, suite_replay, suite_rules,
		suite_temporal, suite_temporal_batch, suite_temporal_board, suite_temporal_codec,
		suite_temporal_detail, suite_temporal_follow, suite_temporal_history,
		suite_temporal_link, suite_temporal_mapping, suite_temporal_memo,
		suite_temporal_opening, suite_temporal_orders, suite_temporal_parse,
		suite_temporal_profile, suite_temporal_prompt, suite_temporal_space,
		suite_temporal_windows, NULL,
	};
	return unit_main("backend", suites);
}
