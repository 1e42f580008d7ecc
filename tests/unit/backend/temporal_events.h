/* Events and pages of a history, as JSON, for the tests of the Temporal backend. */
#ifndef TESTS_UNIT_BACKEND_TEMPORAL_EVENTS_H
#define TESTS_UNIT_BACKEND_TEMPORAL_EVENTS_H

#include "temporal_rig.h"

#define HISTORY SPACE "/workflows/w-a/history?"
#define REVERSE SPACE "/workflows/w-a/history-reverse?"
#define DESCRIBE SPACE "/workflows/w-a?"
#define WHOLE HISTORY "execution.runId=a&maximumPageSize=256"
#define TAIL HISTORY "waitNewEvent=true&historyEventFilterType=2"
#define POLL HISTORY "waitNewEvent=true&execution.runId=a&nextPageToken="
#define EVENTS(list) "{\"history\":{\"events\":[" list "]}}"
#define PAGE(list, token) "{\"history\":{\"events\":[" list "]},\"nextPageToken\":\"" token "\"}"
#define EVENT(id, second, type, more)                                                             \
	"{\"eventId\":\"" id "\",\"eventTime\":\"2026-11-20T03:00:" second "Z\","               \
	"\"eventType\":\"EVENT_TYPE_" type "\"" more "}"
#define STARTED EVENT("1", "00", "WORKFLOW_EXECUTION_STARTED", "")
#define DECIDED EVENT("4", "01", "WORKFLOW_TASK_COMPLETED", "")
#define SHIP EVENT("5", "01", "ACTIVITY_TASK_SCHEDULED",                                           \
		   ",\"activityTaskScheduledEventAttributes\":{\"activityId\":\"5\","               \
		   "\"activityType\":{\"name\":\"Ship\"}}")
#define BEGUN EVENT("6", "02", "ACTIVITY_TASK_STARTED",                                            \
		    ",\"activityTaskStartedEventAttributes\":{\"scheduledEventId\":\"5\"}")
#define SHIPPED EVENT("7", "03", "ACTIVITY_TASK_COMPLETED",                                        \
		      ",\"activityTaskCompletedEventAttributes\":{\"scheduledEventId\":\"5\"}")
#define TASK_DUE(id) EVENT(id, "03", "WORKFLOW_TASK_SCHEDULED", "")
#define TASK_BEGUN(id) EVENT(id, "04", "WORKFLOW_TASK_STARTED", "")
#define SIGNALLED(id) EVENT(id, "04", "WORKFLOW_EXECUTION_SIGNALED",                               \
			    ",\"workflowExecutionSignaledEventAttributes\":{\"signalName\":\"hurry\"}")
#define COMPLETED(id) EVENT(id, "05", "WORKFLOW_EXECUTION_COMPLETED", "")
#define CONTINUED(id) EVENT(id, "05", "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",                       \
			    ",\"workflowExecutionContinuedAsNewEventAttributes\":"                \
			    "{\"newExecutionRunId\":\"a2\"}")
/* What describe says of the run when it has ended. */
#define CLOSED(status, length)                                                                    \
	"{\"workflowExecutionInfo\":{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},"         \
	"\"type\":{\"name\":\"U\"},\"startTime\":\"2026-11-20T03:00:00Z\","                         \
	"\"closeTime\":\"2026-11-20T03:00:09Z\","                                                 \
	"\"status\":\"WORKFLOW_EXECUTION_STATUS_" status "\",\"historyLength\":\"" length "\"}}"

#endif
