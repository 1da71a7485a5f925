"""The portal on one machine: what stands in the way is said plainly, and nothing is left behind."""

import errno
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal.local import __main__ as door
from portal.local import commands, keys, places, postgres, roles, servers, trouble, valkey, website

Keep = Callable[[str], tuple[subprocess.Popen[bytes], Path]]
KEEP = places.CHECKOUT / "bin" / "keep"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Surroundings]:
    """Both embedded servers in a data directory of their own."""
    with servers.surroundings({"DATA_DIR": str(tmp_path_factory.mktemp("machine"))}) as around:
        yield around


@pytest.fixture
def handlers() -> Iterator[None]:
    """The signal handlers of the test run, put back."""
    before = {number: signal.getsignal(number) for number in door.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def seen(told: Callable[[], object], seconds: float = 15) -> bool:
    """Whether it comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if told():
            return True
        time.sleep(0.05)
    return False


def gone(process: psutil.Process) -> bool:
    """Whether it has ended; that nobody has collected it yet is its parent's business."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


# ports


def test_a_busy_port_names_who_holds_it_and_the_way_out() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(trouble.Trouble) as told:
            website.free_port(str(port))
    assert f"process {os.getpid()}" in str(told.value)
    assert f"make run PORT={port + 1}" in str(told.value)


def test_a_port_whose_holder_is_unknown_is_still_called_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", forbidden)
    assert website._holder(1) == "another process"


@pytest.mark.parametrize("asked", ["zero", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(asked: str) -> None:
    with pytest.raises(trouble.Trouble, match="is no port"):
        website.free_port(asked)


# secrets


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = keys.kept_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.kept_keys(path) == first
    assert len({first.django, first.owner, first.web, first.broker}) == 4


@pytest.mark.parametrize("text", ["", "[]", '{"django": "x", "surprise": 1}'])
def test_broken_secrets_say_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text)
    with pytest.raises(trouble.Trouble, match="Remove it"):
        keys.kept_keys(path)


# the disk and the folder


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(0, 0, 900_000_000))
    with pytest.raises(trouble.Trouble, match=r"0\.9 GB free .* 1\.5 GB needed"):
        places.opened(str(tmp_path / "new"))
    (tmp_path / "set-up" / "postgres").mkdir(parents=True)
    assert places.opened(str(tmp_path / "set-up")).data == tmp_path / "set-up"


def test_a_disk_that_fills_while_running_becomes_one_sentence() -> None:
    said = trouble.sentence(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    assert said == "The disk is full at /data/x. Free some space, or choose another disk: make run DATA_DIR=/path"
    assert "database" in (trouble.sentence(psycopg.errors.DiskFull()) or "")
    told = commands._failed("Migrating", "ERROR:  could not extend file: No space left on device", Path("unused"))
    assert "disk is full" in str(told)


def test_a_missing_permission_becomes_one_sentence_and_our_own_mistakes_do_not() -> None:
    assert "No permission at /data" in (trouble.sentence(PermissionError(errno.EACCES, "denied", "/data")) or "")
    assert trouble.sentence(ValueError("ours")) is None
    assert trouble.sentence(OSError(errno.EBADF, "ours")) is None


def test_a_file_in_the_place_of_the_data_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(trouble.Trouble, match="is no folder"):
            places.opened(str(path))


def test_a_folder_that_is_no_whole_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "half").touch()
    with pytest.raises(trouble.Trouble, match="is not a whole database"):
        postgres._make(tmp_path / "postgres")
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(trouble.Trouble, match="made by PostgreSQL 9"):
        postgres._make(tmp_path / "postgres")


def test_a_database_that_does_not_start_says_its_last_words(tmp_path: Path) -> None:
    told = str(postgres._broken(tmp_path, "LOG:  hello\nFATAL:  lock file is empty\nLOG:  bye"))
    assert "did not start: FATAL:  lock file is empty" in told
    assert "Remove that folder" in told
    assert "disk is full" in str(postgres._broken(tmp_path, "PANIC: No space left on device"))


# servers and roles


def test_the_serving_login_owns_nothing_and_takes_a_side(machine: servers.Surroundings) -> None:
    assert "OWNER_DATABASE_URL" not in machine.serving
    with psycopg.connect(machine.serving["DATABASE_URL"]) as web:
        row = web.execute(
            "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, False, False)
        web.execute("SET LOCAL ROLE wegweiser_partner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("CREATE TABLE mine ()")


def test_the_owner_is_no_superuser_and_inherits_from_no_side(machine: servers.Surroundings) -> None:
    with psycopg.connect(machine.owner_url) as owner:
        row = owner.execute(
            "SELECT rolsuper, rolbypassrls, pg_has_role(rolname, 'wegweiser_office', 'USAGE'),"
            " pg_has_role(rolname, 'wegweiser_office', 'SET') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, True)
        owner.execute("CREATE EXTENSION pg_trgm")
        assert owner.execute("SELECT 'MÜLLER' ILIKE '%müller%'").fetchone() == (True,)


def test_preparing_a_prepared_database_says_nothing_to_it(machine: servers.Surroundings) -> None:
    web = roles.Login("wegweiser_web", "unused")
    with psycopg.connect(machine.owner_url) as owner:
        assert roles.missing(owner, "wegweiser_owner", web) == []


def test_a_user_without_the_right_leaves_its_administrator_the_statements(
    machine: servers.Surroundings, tmp_path: Path
) -> None:
    web, advice = roles.Login("other_web", "secret-word"), tmp_path / "prepare.sql"
    with psycopg.connect(machine.owner_url, autocommit=True) as owner:
        with pytest.raises(trouble.Trouble, match="Ask its administrator to run"):
            roles.prepared(owner, "wegweiser_owner", web, advice)
        with pytest.raises(trouble.Trouble, match="has another password"):
            roles.renewed(owner, roles.Login("postgres", "x"), tmp_path / "renew.sql")
    text = advice.read_text()
    assert 'CREATE ROLE "other_web" LOGIN NOINHERIT' in text
    assert 'GRANT "wegweiser_worker" TO "other_web" WITH INHERIT FALSE, SET TRUE;' in text
    assert "secret-word" not in text
    assert stat.S_IMODE(advice.stat().st_mode) == 0o600


def test_a_database_of_ones_own_gets_a_serving_login_of_its_name(machine: servers.Surroundings, tmp_path: Path) -> None:
    folder = postgres._socket_folder(machine.places.postgres)
    admin = servers._of_superuser(folder, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    given = {
        "DATABASE_URL": servers._of_superuser(folder, "elsewhere"),
        "REDIS_URL": machine.serving["REDIS_URL"],
        "DATA_DIR": str(tmp_path),
    }
    with servers.surroundings(given) as around:
        assert around.serving["DATABASE_URL"].startswith("postgresql://elsewhere_web:")
        assert around.owner_url == given["DATABASE_URL"]
        assert commands.is_behind(around)
    assert servers._takes(machine.owner_url), "what we did not start we do not stop"


def test_new_keys_renew_the_passwords_of_the_logins(machine: servers.Surroundings) -> None:
    before = machine.places.secrets.read_text()
    with psycopg.connect(machine.owner_url):
        pass
    changed = keys.kept_keys(machine.places.secrets)
    places.kept_private(machine.places.secrets, before.replace(changed.web, "w" * 20).replace(changed.owner, "o" * 20))
    again = servers.started(machine.places, {})
    assert servers._takes(again.owner_url)
    assert servers._takes(again.serving["DATABASE_URL"])
    places.kept_private(machine.places.secrets, before)
    assert servers._takes(servers.started(machine.places, {}).owner_url)


def test_a_second_user_finds_the_servers_running_and_leaves_them_so(machine: servers.Surroundings) -> None:
    with servers.surroundings({"DATA_DIR": str(machine.places.data)}) as second:
        assert second.serving == machine.serving
    assert servers._takes(machine.owner_url)
    assert valkey.answers(machine.serving["REDIS_URL"])


def test_killed_servers_come_back_with_everything_committed(tmp_path: Path) -> None:
    with servers.surroundings({"DATA_DIR": str(tmp_path)}) as around:
        with psycopg.connect(around.owner_url) as owner:
            owner.execute("CREATE TABLE kept ()")
        server = postgres._server(around.places.postgres)
        assert server
        server.kill()
        valkey.stopped(around.places.valkey, keys.kept_keys(around.places.secrets).broker)
        website._look_after(around.places, {})
        assert valkey.answers(around.serving["REDIS_URL"])
        with psycopg.connect(around.owner_url) as owner:
            owner.execute("SELECT FROM kept")
        server = postgres._server(around.places.postgres)
        assert server
    assert gone(server)
    assert not valkey.answers(around.serving["REDIS_URL"])


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://me:hush@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)}
    with pytest.raises(trouble.Trouble) as told, servers.surroundings(given):
        pass
    assert "The database none at 127.0.0.1 does not answer" in str(told.value)
    assert "hush" not in str(told.value)


def test_a_broker_that_does_not_answer_is_named_without_its_password(machine: servers.Surroundings) -> None:
    given = {"REDIS_URL": "redis://:hush@127.0.0.1:1/0"}
    with pytest.raises(trouble.Trouble, match=r"^The broker at 127\.0\.0\.1:1 does not answer") as told:
        servers._broker(machine.places, given, keys.Keys())
    assert "hush" not in str(told.value)


def test_production_gets_no_embedded_servers(tmp_path: Path) -> None:
    given = {"WEGWEISER_PRODUCTION": "1", "REDIS_URL": "redis://elsewhere", "DATA_DIR": str(tmp_path / "none")}
    with pytest.raises(trouble.Trouble, match="set DATABASE_URL"), servers.surroundings(given):
        pass
    assert not (tmp_path / "none").exists()


# commands


def test_a_command_ends_with_its_own_code(
    machine: servers.Surroundings, monkeypatch: pytest.MonkeyPatch, handlers: None
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "WEGWEISER_PRODUCTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(machine.places.data))
    assert door.main(["exec", "--", "sh", "-c", 'test -n "$OWNER_DATABASE_URL" && exit 7']) == 7
    assert door.main(["exec", "--", "sh", "-c", "kill -9 $$"]) == 137


def test_trouble_is_printed_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, handlers: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "no")
    assert door.main(["run"]) == 1
    assert capsys.readouterr().err.startswith("wegweiser: PORT=no is no port.")


def test_a_program_that_is_not_there_is_named(machine: servers.Surroundings) -> None:
    given = {"DATA_DIR": str(machine.places.data)}
    with pytest.raises(trouble.Trouble, match="There is no program wegweiser-none"):
        commands.execute(["wegweiser-none"], given, migrated=False)


def test_interrupted_by_term_a_command_is_told_and_waited_for() -> None:
    child = subprocess.Popen(["sleep", "60"])
    commands._see_out(child, signal.SIGTERM)
    assert child.returncode == -signal.SIGTERM


def test_a_command_that_ignores_ctrl_c_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "PATIENCE", 0.3)
    child = subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
    time.sleep(0.2)
    commands._see_out(child, signal.SIGINT)
    assert child.returncode == -signal.SIGKILL


def test_a_failed_step_is_told_by_its_last_line_and_a_file(
    machine: servers.Surroundings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "manage.py").write_text("import sys; sys.exit('first\\nlast words')")
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    with pytest.raises(trouble.Trouble, match="Migrating failed: last words\nAll that it said is in") as told:
        commands.step("Migrating", ["migrate"], machine)
    assert Path(str(told.value).rpartition(" ")[2]).read_text() == "first\nlast words\n"


def test_tables_are_brought_up_to_date_only_when_they_are_behind(
    machine: servers.Surroundings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==5")
    (tmp_path / "deals" / "migrations").mkdir(parents=True)
    (tmp_path / "deals" / "migrations" / "0001_initial.py").touch()
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    done = []

    def step(_what: str, words: list[str], around: servers.Surroundings) -> str:
        done.append(words[0])
        with psycopg.connect(around.owner_url) as owner:
            owner.execute("CREATE TABLE IF NOT EXISTS django_migrations (app text, name text)")
            owner.execute("INSERT INTO django_migrations VALUES ('deals', '0001_initial')")
        return ""

    monkeypatch.setattr(commands, "step", step)
    machine.places.migrated.write_text(commands._libraries())
    assert commands.is_behind(machine), "there is no table of migrations yet"
    for _ in range(2):
        commands.migrate(machine)
    assert done == ["migrate"]
    (tmp_path / "requirements" / "base.txt").write_text("django==6")
    commands.migrate(machine)
    (tmp_path / "deals" / "migrations" / "0002_more.py").touch()
    commands.migrate(machine)
    assert done == ["migrate"] * 3
    with psycopg.connect(machine.owner_url) as owner:
        owner.execute("DROP TABLE django_migrations")


def test_the_demo_is_loaded_once_and_its_logins_are_kept(
    machine: servers.Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def step(what: str, words: list[str], _around: servers.Surroundings) -> str:
        asked.append(words)
        if len(asked) == 1:
            raise trouble.Trouble(f"{what} failed: there is data")
        return "office@example.com\n"

    monkeypatch.setattr(website, "step", step)
    for _ in range(3):
        website.load_demo(machine)
    assert asked == [["demo"], ["demo"]]
    assert machine.places.logins.read_text() == "office@example.com\n"


# processes


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Keep]:
    """Put a shell script under bin/keep; answers the keeper and the file where the script writes its number."""
    keepers: list[subprocess.Popen[bytes]] = []

    def start(script: str) -> tuple[subprocess.Popen[bytes], Path]:
        mark = tmp_path / "pid"
        words = [sys.executable, str(KEEP), "sh", "-c", f'echo $$ > "{mark}"; {script}']
        keepers.append(subprocess.Popen(words))
        assert seen(lambda: mark.exists() and mark.read_text().strip())
        return keepers[-1], mark

    yield start
    for keeper in keepers:
        keeper.terminate()
        keeper.wait(10)


def test_what_is_killed_is_started_again_and_stops_when_told(kept: Keep) -> None:
    keeper, mark = kept("sleep 60; :")
    first = psutil.Process(int(mark.read_text()))
    assert seen(first.children)
    orphan = first.children()[0]
    first.kill()
    assert seen(lambda: mark.read_text().strip() not in {"", str(first.pid)})
    assert gone(orphan), "what a killed parent leaves would hold its port"
    second = psutil.Process(int(mark.read_text()))
    keeper.send_signal(signal.SIGTERM)
    assert keeper.wait(10) == 0
    assert gone(second)


def test_what_does_not_stop_when_told_is_stopped_before_honcho_loses_patience(kept: Keep) -> None:
    keeper, mark = kept("trap '' TERM INT; while :; do sleep 0.1; done")
    child = psutil.Process(int(mark.read_text()))
    keeper.send_signal(signal.SIGINT)
    assert keeper.wait(5) == 0
    assert gone(child)


def test_a_keeper_cannot_be_hit_by_the_words_of_its_command(kept: Keep) -> None:
    keeper, _ = kept("sleep 60; : celery")
    assert "celery" not in " ".join(psutil.Process(keeper.pid).cmdline())
    keeper.terminate()
    keeper.wait(10)


def test_the_whole_crew_starts_answers_and_leaves_nothing(
    machine: servers.Surroundings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "healthz").touch()
    web = f"exec {KEEP} {sys.executable} -m http.server --bind 127.0.0.1 $PORT"
    (tmp_path / "Procfile").write_text(f"web: {web}\nworker: exec {KEEP} sleep 60\n")
    monkeypatch.setattr(website, "CHECKOUT", tmp_path)
    monkeypatch.setattr(website, "migrate", lambda _around: None)
    monkeypatch.setattr(website, "load_demo", lambda _around: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    crew: list[psutil.Process] = []
    before = psutil.Process().children(recursive=True)

    def starter() -> int:
        # whoever started us is gone as soon as the page has answered
        if not website.is_alive(port):
            return 1
        crew.extend(each for each in psutil.Process().children(recursive=True) if each not in before)
        return 2 if len(crew) > 2 else 1

    monkeypatch.setattr(os, "getppid", starter)
    machine.places.logins.write_text("office@example.com\n")
    given = {"DATA_DIR": str(machine.places.data), "PORT": str(port), "MAKELEVEL": "1", "PATH": os.environ["PATH"]}
    assert website.run(given) == 0
    assert not website.is_alive(port)
    assert all(gone(each) for each in crew)
    out = capfd.readouterr().out
    assert "web.1" in out


def test_a_crew_that_falls_apart_is_told(
    machine: servers.Surroundings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Procfile").write_text("web: exit 3\n")
    monkeypatch.setattr(website, "CHECKOUT", tmp_path)
    with pytest.raises(trouble.Trouble, match="took the others with it"):
        website._serve(machine, {}, 1)
