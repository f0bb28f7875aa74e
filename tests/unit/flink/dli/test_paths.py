import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flink.dli.options import Mode, Options, options_of
from bot.flink.dli.paths import SavepointPath, read_path, same_path, without_keys
from bot.notes import Code, Note


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("bucket/dir", SavepointPath("bucket/dir")),
        (" obs://bucket/dir/ ", SavepointPath("obs://bucket/dir")),
        ("OBS://bucket/a/b", SavepointPath("obs://bucket/a/b")),
        ("bucket/dir/_metadata", SavepointPath("bucket/dir", stripped=True)),
        ("obs://b.c-d/jobs//sp/_metadata/", SavepointPath("obs://b.c-d/jobs/sp", stripped=True)),
    ],
)
def test_a_path_is_written_one_way(typed, read):
    assert read_path(typed) == read


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("  ", Code.PATH_EMPTY),
        ("bucket/my dir", Code.PATH_HAS_SPACES),
        ("s3://bucket/dir", Code.PATH_NOT_OBS),
        ("obs://https://bucket/dir", Code.PATH_NOT_OBS),
        ("/bucket/dir", Code.PATH_NOT_OBS),
        ("bucket/../dir", Code.PATH_NOT_OBS),
        ("bucket/./dir", Code.PATH_NOT_OBS),
        ("bucket", Code.PATH_IS_BUCKET),
        ("obs://bucket/", Code.PATH_IS_BUCKET),
        ("bucket/_metadata", Code.PATH_IS_BUCKET),
        ("Bucket/dir", Code.BUCKET_MALFORMED),
        ("b/dir", Code.BUCKET_MALFORMED),
        ("a..b/dir", Code.BUCKET_MALFORMED),
        ("10.0.0.1/dir", Code.BUCKET_MALFORMED),
        ("-bucket/dir", Code.BUCKET_MALFORMED),
        ("b" * 64 + "/dir", Code.BUCKET_MALFORMED),
        ("bucket/" + "d" * 1024, Code.TEXT_TOO_LONG),
    ],
)
def test_a_path_that_dli_could_not_read_is_told_by_its_rule(typed, code):
    assert read_path(typed).code is code


@given(st.text(max_size=80))
def test_what_was_read_reads_the_same_again(typed):
    read = read_path(typed)
    if not isinstance(read, Note):
        assert read_path(read.text) == SavepointPath(read.text)


def test_paths_are_compared_without_scheme_and_slash():
    assert same_path("obs://bucket/dir/", "bucket/dir")
    assert not same_path("bucket/dir", "bucket/dir2")


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("keep", [True, False])
def test_options_survive_being_kept_in_a_plan(mode, keep):
    options = Options(mode=mode, keep_state=keep, savepoint_path="bucket/dir")
    assert options_of(options.as_map()) == options


def test_a_plan_without_options_is_read_as_saving_only():
    assert options_of({}) == Options(mode=Mode.NEXT_START)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("obs://AK:a-key@Bucket/dir", "[redacted]@Bucket"),
        ("s3://AK:a-key@bucket/dir", "s3://[redacted]@bucket/dir"),
        ("AK:a-key@bucket", "[redacted]@bucket"),
    ],
)
def test_keys_before_a_bucket_are_not_repeated_to_who_typed_them(typed, told):
    assert read_path(typed).args["given"] == told


def test_a_path_without_keys_is_told_as_it_was_typed():
    assert without_keys("obs://bucket/a/b=1") == "obs://bucket/a/b=1"
