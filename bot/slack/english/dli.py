"""What is said of the settings of DLI jobs, in English."""

from __future__ import annotations

from bot.notes import Code
from bot.slack.language import Words

VALUES = {
    Code.NUMBER_BELOW: Words("{given} is too small.", fix="Enter at least {minimum}."),
    Code.NUMBER_ABOVE: Words("{given} is too large.", fix="Enter at most {maximum}."),
    Code.NOT_A_NUMBER: Words("“{given}” is not a number.", fix="Enter a number, like 0.5 or 2."),
    Code.NOT_A_MEMORY_SIZE: Words(
        "“{given}” is not a memory size.", fix="Enter a size in MB or GB, like 4G or 6144M."
    ),
    Code.MEMORY_BELOW: Words("{given} is too little memory.", fix="Enter at least {minimum}."),
    Code.NOT_ONE_OF: Words("“{given}” is not a choice.", fix="Choose one of: {choices}."),
    Code.NOT_JSON: Words(
        "This is not JSON.",
        "It cannot be read at line {line}, column {column}.",
        "Check quotes, commas and brackets there.",
    ),
    Code.WRONG_FORM: Words("The value has a wrong form.", fix="It must be: {form}."),
    Code.TEXT_TOO_LONG: Words(
        "The text is too long ({count} characters).", fix="Shorten it to {longest} characters."
    ),
    Code.LINE_REPEATED: Words("“{given}” stands there more than once.", fix="Keep one of them."),
    Code.NO_GROUP_CHOSEN: Words(
        "Nothing is chosen to be changed.", fix="Tick what to change; its fields appear below."
    ),
    Code.FILE_UNREADABLE: Words(
        "The file cannot be read from Slack ({detail:or no answer}).",
        fix="Upload it again; if that does not help, paste the SQL.",
    ),
    Code.FILE_TOO_LARGE: Words(
        "The file is larger than {longest}.",
        "DLI takes no longer statement.",
        "Upload a smaller one.",
    ),
    Code.FILE_NOT_TEXT: Words(
        "The file is not a text in UTF-8 (line {line}).",
        fix="Save it as UTF-8 and upload it again.",
    ),
    Code.FILE_EMPTY: Words("The file is empty.", fix="Upload the one with the statement."),
    Code.MARK_UNKNOWN: Words(
        "A mark in {fields} is unknown, or not where its secret belongs.",
        "A mark like [secret:1a2b3c4d] stands for a value that is kept where it is.",
        "Leave the marks as they were, or write the value in the console.",
    ),
    Code.PATH_EMPTY: Words("The path is empty.", fix="Enter a path in OBS, like bucket/dir."),
    Code.PATH_HAS_SPACES: Words(
        "The path has a space in it.", fix="Copy it again, without spaces and line breaks."
    ),
    Code.PATH_NOT_OBS: Words(
        "“{given}” is not a path in OBS.",
        "DLI reads savepoints from OBS only.",
        "Enter bucket/dir or obs://bucket/dir.",
    ),
    Code.PATH_IS_BUCKET: Words(
        "“{given}” is a bucket, not a savepoint.",
        "A savepoint is the directory that holds the file _metadata.",
        "Enter the directory's path too.",
    ),
    Code.BUCKET_MALFORMED: Words(
        "“{given}” is not a bucket's name.",
        fix="Use 3 to 63 small letters, digits, . and -.",
    ),
}

RULES = {
    Code.DLI_NO_WORKER_CUS: Words(
        "No CU is left for TaskManagers.",
        "The JobManager takes {manager}.",
        "Give the job at least {minimum} CUs.",
    ),
    Code.DLI_PARALLELISM_TOO_HIGH: Words(
        "A parallelism of {given} is too high for the CUs.",
        "One CU carries 4 parallel tasks, the JobManager's CUs none.",
        "Enter at most {maximum}, or give the job more CUs.",
    ),
    Code.DLI_CUS_NOT_DIVISIBLE: Words(
        "{workers} CUs cannot be shared out in TaskManagers of {each}.",
        "What is left over would be paid for and not used.",
        "Choose CUs per TaskManager that divide {workers}.",
    ),
    Code.DLI_TOO_FEW_SLOTS: Words(
        "There are {slots} slots, too few for the parallelism.",
        fix="Enter at least {minimum} slots per TaskManager.",
    ),
    Code.DLI_ONLY_FIRST_MODEL: Words(
        "{key} is not used in resource model v2.",
        "DLI would ignore it without a word.",
        "Set CPU, memory and parallelism of model v2 instead.",
    ),
    Code.DLI_ONLY_SECOND_MODEL: Words(
        "{key} is used in resource model v2 only.",
        "DLI would ignore it without a word.",
        "Choose resource model v2, or set CUs instead.",
    ),
    Code.DLI_BUCKET_NEEDED: Words(
        "A bucket is needed.",
        "{key} writes to OBS.",
        "Enter the bucket for checkpoints and logs.",
    ),
    Code.DLI_PATH_WITH_CHECKPOINTS: Words(
        "A checkpoint path cannot be given while checkpoints are on.",
        "DLI then chooses the path itself.",
        "Empty the path, or switch checkpoints off.",
    ),
    Code.DLI_PATH_NEEDED: Words(
        "A checkpoint path is needed.",
        "The job is to restart from its checkpoint, and DLI writes none for it.",
        "Enter the path that the job writes to, or switch checkpoints on.",
    ),
    Code.DLI_IMAGE_NEEDED: Words(
        "A custom image is needed.", fix="Enter organisation/name:version, or choose basic."
    ),
    Code.DLI_IMAGE_NEEDS_CUSTOM: Words(
        "A custom image needs the image type custom.", fix="Choose custom, or empty the image."
    ),
    Code.DLI_VERSION_NEEDS_BASIC: Words(
        "The Flink version comes with the custom image.",
        fix="Leave the version as it is, or choose the image type basic.",
    ),
    Code.DLI_PACKAGE_NEEDS_OBS: Words(
        "From Flink 1.15 on, packages come from OBS only.",
        "{key} names one that does not begin with obs://.",
        "Upload it to a bucket and enter its obs:// path.",
    ),
    Code.DLI_QUEUE_NEEDS_EXCLUSIVE: Words(
        "A queue needs the run mode exclusive_cluster.",
        "A shared cluster has no queues.",
        "Choose exclusive_cluster too.",
    ),
    Code.DLI_GROUPS_NEED_EDGE: Words(
        "Edge groups need the run mode edge_node.", fix="Choose edge_node, or empty the groups."
    ),
}

BLOCKS = {
    Code.NO_RESTARTS: Words(
        "{target} has no jobs that can be started, stopped or given savepoints from here.",
        "Only those on Huawei Cloud DLI can.",
        "Change the job with /flink update, or use its console.",
    ),
    Code.NO_HOT_UPDATES: Words(
        "There are no hot updates on {target}.",
        "Only Alibaba Cloud changes running jobs by hot updates.",
        "See its jobs with /flink jobs.",
    ),
    Code.VALUES_GONE: Words(
        "The values of update {id} are not kept any more.",
        "They are forgotten after a while, or were sealed with another key.",
        "Make the change anew.",
    ),
    Code.DLI_JOB_MOVES: Words(
        "The job is on its way up or down (status: {status:or unknown}).",
        "Nothing is changed in between.",
        "Wait until it runs or is stopped, then try again.",
    ),
    Code.DLI_JOB_RUNS: Words(
        "The job runs (status: {status}).",
        "This can be done to a job that is stopped only.",
        "Stop it first, with a savepoint.",
    ),
    Code.DLI_JOB_DOES_NOT_RUN: Words(
        "The job does not run (status: {status:or none}).",
        "Only a running job can write a savepoint or be stopped.",
        "Start it first.",
    ),
    Code.DLI_NOTHING_RUNS: Words(
        "The job does not run, so nothing can act live.",
        fix="Save the change for the next start, or apply it with a start.",
    ),
    Code.DLI_NOT_LIVE: Words(
        "A running job does not take: {fields}.",
        "DLI reads these when a job starts.",
        "Apply with a restart, or save for the next start.",
    ),
    Code.DLI_NO_SAVEPOINT: Words(
        "There is no savepoint to start from.",
        "The job would begin without its state.",
        "Import a savepoint first, or choose to start without state.",
    ),
    Code.DLI_SAVEPOINT_NEEDS_BUCKET: Words(
        "No savepoint can be written: the job has no bucket.",
        "DLI writes savepoints to the job's own bucket.",
        "Set the bucket first; a running job takes it live.",
    ),
    Code.SECRET_KEY_NEEDED: Words(
        "{fields} may hold a secret, and there is nothing to seal it with.",
        "What is asked for is kept until it is applied, and a secret is never kept in clear.",
        "Have the operator set FLINKBOT_SECRET_KEY, or take the secret out.",
    ),
}

WARNINGS = {
    Code.DLI_STATE_DROPPED: Words(
        "The job will begin without its state.",
        "What it counted, joined and remembered is lost; sources are read anew.",
        "Choose to keep the state, unless that is what you want.",
    ),
    Code.DLI_RESTORE_UNSUPPORTED: Words(
        "After this change the vendor does not promise that state can be restored: {fields}.",
        "The job may refuse to start from its savepoint; then the old definition is put back.",
        "Accept it, or start without state.",
    ),
    Code.DLI_RESTORE_UNDOCUMENTED: Words(
        "The vendor does not say whether state can be restored after: {fields}.",
        "If the job does not start from its savepoint, the old definition is put back.",
    ),
    Code.DLI_SAVEPOINT_NOT_KEPT: Words(
        "The savepoint of the stop is deleted when the job starts again.",
        "It is no way back afterwards.",
        "Give a path of your own to keep one.",
    ),
    Code.DLI_RESUME_WITHOUT_RESTART: Words(
        "This acts only when the job restarts on failure.",
        "Restart on failure is off.",
        "Switch it on too.",
    ),
    Code.DLI_NO_ALERTS: Words(
        "Nobody is alerted when the job fails.",
        "The SMN topic is the only alert of DLI itself.",
        "Keep a topic unless something else watches the job.",
    ),
    Code.DLI_QUEUE_TOO_SMALL: Words(
        "The queue may have no room: the job needs {needed} CUs, {free} are free.",
        "A job without room waits, or does not start; then the old definition is put back.",
        "Make room in the queue first, or ask for less.",
    ),
    Code.DLI_SQL_REFUSED: Words(
        "DLI cannot translate the SQL: {detail}.",
        "It was tried without running it; a start would end the same way.",
        "Mend the statement.",
    ),
    Code.DLI_SHORT_RETENTION: Words(
        "Idle state is kept for {seconds} s only.",
        "The number is seconds, not hours.",
        "Enter 3600 for an hour.",
    ),
    Code.DLI_AGENCY_NEEDED: Words(
        "No agency is set.",
        "From Flink 1.15 on a job writes checkpoints and logs to OBS only with one.",
        "Enter the agency that DLI may use.",
    ),
    Code.DLI_SQL_INCOMPLETE: Words(
        "The SQL has no CREATE or no INSERT.",
        "A job needs a source, a query and a sink.",
        "Check that nothing was cut off.",
    ),
    Code.DLI_OPERATOR_IDS_STALE: Words(
        "{key} may not fit the new SQL.",
        "Operators get new ids when the SQL changes.",
        "Read the ids of the new stream graph and set it again.",
    ),
}

PROGRESS = {
    Code.EVENT_LONG_CHANGES: Words("What changes in {fields}, in full."),
    Code.EVENT_AGAIN: Words(
        "The request did not arrive; it is sent again.", "The job was read to make sure."
    ),
    Code.EVENT_TAKING_SAVEPOINT: Words("Writing a savepoint to {path}."),
    Code.EVENT_SAVEPOINT_TAKEN: Words("The savepoint is written: {path}."),
    Code.EVENT_STOPPING: Words("Stopping the job."),
    Code.EVENT_STOPPED: Words("The job is stopped.", "Savepoint: {savepoint:or none}."),
    Code.EVENT_IMPORTING: Words("Importing the savepoint {path}."),
    Code.EVENT_STARTING: Words("Starting the job."),
    Code.EVENT_STARTED: Words("The job runs; it is watched for a while."),
    Code.EVENT_START_FAILED: Words(
        "The job did not start ({status}).", "DLI says: {detail:or nothing more}."
    ),
    Code.EVENT_PUTTING_BACK: Words("Putting the old definition back."),
}

VERDICTS = {
    Code.VERDICT_STARTED_ANEW: Words(
        "The job was started and runs.", "It was watched, and did not restart by itself."
    ),
    Code.VERDICT_STOPPED: Words("The job is stopped.", "Savepoint: {savepoint:or none}."),
    Code.VERDICT_SAVEPOINT_TAKEN: Words(
        "The savepoint is written: {path}.", "The job kept running."
    ),
    Code.VERDICT_SAVEPOINT_FAILED: Words(
        "No savepoint appeared under {path}.",
        "The job was not stopped and nothing was changed.",
        "Check the bucket and the agency's permissions, then try again.",
    ),
    Code.VERDICT_IMPORTED: Words(
        "The savepoint {path} is imported.",
        "Nothing is restored yet: the next start resumes from it.",
        "Start the job from this savepoint.",
    ),
    Code.VERDICT_IMPORT_DIFFERS: Words(
        "The job shows another savepoint: {path:or none}.",
        "{asked} was imported, but is not what the job shows.",
        "Look at the job in the console before starting it.",
    ),
    Code.VERDICT_ROLLED_BACK: Words(
        "The job did not start with the new definition; the old one runs again.",
        "{status}: {detail:or no reason given}.",
        "Mend the new values, then try again.",
    ),
    Code.VERDICT_JOB_DOWN: Words(
        "The job does not run.",
        "{status}: {detail:or no reason given}.",
        "Start it, from its savepoint if it has one, or mend its definition first.",
    ),
    Code.VERDICT_CRASHING: Words(
        "The job starts and fails again and again ({restarts} times since it was started).",
        "DLI says: {detail:or nothing}.",
        "Look at its logs; stop it and put the old values back if they are the cause.",
    ),
    Code.VERDICT_STOP_STUCK: Words(
        "The job could not be stopped.",
        "{status}: {detail:or no reason given}.",
        "Look at the job in the console; the new definition was not saved.",
    ),
    Code.VERDICT_NO_SAVEPOINT: Words(
        "The job stopped without a savepoint.",
        "Its status is {status}; starting it now would lose its state.",
        "Choose: start it without state, or import a checkpoint and start from that.",
    ),
    Code.VERDICT_VALUES_GONE: Words(
        "The values of this change cannot be read any more.",
        "They were sealed with a key that is not the present FLINKBOT_SECRET_KEY.",
        "Make the change again.",
    ),
}
