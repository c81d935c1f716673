"""``kb``: the command line. It only reads arguments; commands live in ``web.commands`` and load what they need."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from web import terminal
from web.terminal import locale

app = typer.Typer(
    name="kb", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="高管交接知识库 · Handover KB. 所有数据在 KB_HOME 里；语言：KB_LOCALE=zh|en。",
)
user = typer.Typer(no_args_is_help=True, help="账号 · accounts")
handover = typer.Typer(no_args_is_help=True, help="交接 · handovers")
evidence = typer.Typer(no_args_is_help=True, help="证据 · evidence")
database = typer.Typer(no_args_is_help=True, help="数据库 · database")
app.add_typer(user, name="user")
app.add_typer(handover, name="handover")
app.add_typer(evidence, name="evidence")
app.add_typer(database, name="db")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON · JSON output")]
HandoverId = Annotated[str, typer.Option("--handover", help="交接编号 · handover id")]
ModuleName = Annotated[str, typer.Option("--module", help="模块 · strategy projects team finance legal / 战略规划 …")]


def main() -> None:
    """The entry point of ``kb``. What is written is its owner's alone."""
    os.umask(0o077)
    terminal.prepare()
    app()


def _run(command: str, as_json: bool, **arguments: object) -> None:
    from web import relay

    raise typer.Exit(relay.perform(command, arguments, locale=locale(), as_json=as_json))


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="文件、文件夹或 zip · files, folders, zips")],
    handover: HandoverId,
    module: ModuleName,
    tag: Annotated[list[str], typer.Option("--tag", help="标签，可重复 · tag, repeatable")] = [],  # noqa: B006
    classification: Annotated[str, typer.Option(help="密级 · internal confidential restricted")] = "internal",
    json: Json = False,
) -> None:
    """收录资料并等待完成 · take in documents and wait for the end"""
    absolute = [str(p.absolute()) for p in paths]
    _run("ingest", json, paths=absolute, handover=handover, module=module, tags=tag, classification=classification)


@app.command("import")
def import_files(
    path: Annotated[Path, typer.Argument(help="文件夹或 zip · folder or zip")],
    manifest: Annotated[Path | None, typer.Option(help="清单 CSV · list, CSV")] = None,
    handover: Annotated[str, typer.Option(help="交接编号 · handover id")] = "",
    module: Annotated[str, typer.Option(help="模块 · module")] = "",
    tag: Annotated[list[str], typer.Option(help="标签，可重复 · tag, repeatable")] = [],  # noqa: B006
    classification: Annotated[str, typer.Option(help="密级 · internal confidential restricted")] = "internal",
    as_user: Annotated[str, typer.Option("--as", help="以谁的权限 · with whose rights")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看计划，什么都不写 · plan only")] = False,
    report: Annotated[Path | None, typer.Option(help="报告 CSV · report, CSV")] = None,
    json: Json = False,
) -> None:
    """按清单导入旧资料 · import old files with a list of what is known of them"""
    paths = {k: str(p.absolute()) if p else "" for k, p in (("path", path), ("manifest", manifest), ("report", report))}
    _run("import_files", json, **paths, handover=handover, module=module, tags=tag, classification=classification,
         as_user=as_user, dry_run=dry_run)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="问题 · question")],
    as_user: Annotated[str, typer.Option("--as", help="以谁的身份；默认看全部 · as whom; default: all")] = "",
    module: Annotated[list[str], typer.Option("--module", help="只看这些模块 · only these modules")] = [],  # noqa: B006
    tag: Annotated[list[str], typer.Option("--tag", help="须有这些标签 · must have these tags")] = [],  # noqa: B006
    limit: Annotated[int, typer.Option(min=1, max=200)] = 10,
    handover: Annotated[str, typer.Option("--handover", help="只看这个交接 · only this handover")] = "",
    json: Json = False,
) -> None:
    """检索 · search"""
    _run("search", json, query=terminal.legible(query), as_user=as_user, modules=module, tags=tag, limit=limit,
         handover=handover)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题 · question")],
    as_user: Annotated[str, typer.Option("--as", help="以谁的身份；默认看全部 · as whom; default: all")] = "",
    handover: Annotated[str, typer.Option("--handover", help="只看这个交接 · only this handover")] = "",
    module: Annotated[list[str], typer.Option("--module", help="只看这些模块 · only these modules")] = [],  # noqa: B006
    json: Json = False,
) -> None:
    """提问：回答的原文段落与出处 · ask: the passages that answer, with their sources"""
    _run("ask", json, question=terminal.legible(question), as_user=as_user, handover=handover, modules=module)


@app.command("eval")
def evaluate(
    corpus: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    queries: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    qrels: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    json: Json = False,
) -> None:
    """用 BEIR 格式的题库评测检索 · evaluate retrieval on a BEIR set"""
    _run("evaluate", json, corpus=str(corpus.absolute()), queries=str(queries.absolute()), qrels=str(qrels.absolute()))


@user.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="登录名 · log-in name")],
    role: Annotated[str, typer.Option(help="leaver successor head hr auditor admin")],
    password: Annotated[str, typer.Option(help="不填则生成一次性密码 · empty: a one-time password is made")] = "",
    display_name: Annotated[str, typer.Option("--name", help="姓名 · full name")] = "",
    json: Json = False,
) -> None:
    """建立账号 · create an account"""
    _run("add_user", json, name=name, role=role, password=password, display_name=display_name)


@user.command("list")
def list_users(json: Json = False) -> None:
    """列出账号 · list accounts"""
    _run("list_users", json)


@user.command("revoke-key")
def revoke_key(name: str, reason: Annotated[str, typer.Option()], json: Json = False) -> None:
    """吊销签名密钥，忘记签名口令时用 · take a signing key away, for a forgotten PIN"""
    _run("revoke_key", json, name=name, reason=reason)


@handover.command("new")
def open_handover(
    role: Annotated[str, typer.Option(help="模板 · template: coo cfo cho ceo cto sales_vp plant_gm")],
    leaver: Annotated[str, typer.Option(help="离任者登录名 · who leaves")],
    successor: Annotated[str, typer.Option(help="接任者登录名 · who takes over")] = "",
    title: Annotated[str, typer.Option(help="名称 · title")] = "",
    head: Annotated[str, typer.Option(help="部门负责人登录名 · who reviews")] = "",
    last_day: Annotated[str, typer.Option(help="离任日 · last day, 2026-03-31")] = "",
    urgent: Annotated[bool, typer.Option("--urgent", help="期限减半 · half the days")] = False,
    agreements: Annotated[bool, typer.Option("--agreements", help="签署协议后才开放机密 · sign first")] = False,
    json: Json = False,
) -> None:
    """发起交接 · open a handover"""
    _run("open_handover", json, role=role, leaver=leaver, successor=successor, title=title, head=head,
         last_day=last_day, urgent=urgent, agreements=agreements)


@handover.command("list")
def list_handovers(json: Json = False) -> None:
    """列出交接 · list handovers"""
    _run("list_handovers", json)


@app.command()
def grant(
    name: Annotated[str, typer.Argument(help="登录名 · log-in name")],
    handover: HandoverId,
    module: ModuleName,
    up_to: Annotated[str, typer.Option("--up-to", help="最高密级 · internal confidential restricted")],
    json: Json = False,
) -> None:
    """授权查看一个模块 · open a module to somebody"""
    _run("grant", json, name=name, handover=handover, module=module, up_to=up_to)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="登录名 · log-in name")],
    handover: HandoverId,
    module: Annotated[str, typer.Option("--module", help="不填则全部模块 · empty: all modules")] = "",
    json: Json = False,
) -> None:
    """撤销授权 · end grants"""
    _run("revoke", json, name=name, handover=handover, module=module)


@app.command()
def reconcile(
    check: Annotated[bool, typer.Option("--check", help="只比较，不修复 · compare only")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="从数据库重建索引 · rebuild the index")] = False,
    json: Json = False,
) -> None:
    """核对数据库与索引并修复 · compare database and index, repair"""
    _run("reconcile", json, check=check, rebuild=rebuild)


@app.command()
def verify(json: Json = False) -> None:
    """核验操作日志与原件 · verify the operation log and the originals"""
    _run("verify", json)


@app.command()
def backup(file: Annotated[Path, typer.Argument(dir_okay=False)], json: Json = False) -> None:
    """备份（服务运行时也可以）· back up, also while serving"""
    _run("backup", json, file=str(file.absolute()))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="覆盖现有数据 · replace what is there")] = False,
    json: Json = False,
) -> None:
    """从备份恢复 · restore a backup"""
    _run("restore", json, file=str(file.absolute()), force=force)


@app.command()
def sweep(json: Json = False) -> None:
    """发出提醒与通知（一次）· reminders and notices, once"""
    _run("sweep", json)


@evidence.command("export")
def export_evidence(
    handover_id: Annotated[str, typer.Argument()],
    to: Annotated[Path, typer.Option(dir_okay=False, help="zip")],
    files: Annotated[bool, typer.Option("--files/--no-files", help="连同文件 · with the files")] = True,
    json: Json = False,
) -> None:
    """导出证据包 · export the evidence bundle"""
    _run("export_evidence", json, handover=handover_id, to=str(to.absolute()), files=files)


@evidence.command("check")
def check_evidence(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    trust: Annotated[str, typer.Option(help="根证书指纹 · the root certificate's fingerprint")] = "",
    entry: Annotated[str, typer.Option(help="纸面日志位置 · printed log position NUMBER:HASH")] = "",
    json: Json = False,
) -> None:
    """核验证据包 · check an evidence bundle"""
    _run("check_evidence", json, file=str(file.absolute()), trust=trust, entry=entry)


@database.command("upgrade")
def upgrade(json: Json = False) -> None:
    """升级数据库结构 · bring the schema up to date"""
    _run("upgrade", json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="默认 KB_HOST · default KB_HOST")] = "",
    port: Annotated[int, typer.Option(help="默认 KB_PORT · default KB_PORT")] = -1,
) -> None:
    """启动网页服务 · serve the pages"""
    from web.commands import service

    raise typer.Exit(service.serve(locale(), host, port))


@app.command()
def worker(
    check: Annotated[bool, typer.Option("--check", help="检查本机的工作进程 · is the worker alive")] = False,
) -> None:
    """只处理资料，不开网页 · only work on documents"""
    from web.commands import service

    raise typer.Exit(service.check_worker(locale()) if check else service.work(locale()))


@app.command("mcp")
def mcp_server(
    url: Annotated[str, typer.Option(help="知识库地址 · address of the knowledge base")] = "http://127.0.0.1:8000",
) -> None:
    """供本人的 AI 助手使用（MCP，标准输入输出；令牌在 KB_TOKEN）· for one's own assistant, the token in KB_TOKEN"""
    token = os.environ.get("KB_TOKEN", "")
    if not token:
        typer.echo("请在 KB_TOKEN 里放个人令牌（设置 → 令牌）· put a personal token into KB_TOKEN", err=True)
        raise typer.Exit(1)
    from web import mcp_server as server

    server.serve(url, token)


@app.command()
def demo(
    host: Annotated[str, typer.Option(help="默认 KB_HOST · default KB_HOST")] = "",
    port: Annotated[int, typer.Option(help="默认 KB_PORT · default KB_PORT")] = -1,
) -> None:
    """演示公司：建好账号与资料并启动 · a demo company, ready to log in"""
    from web.commands import demo as company

    raise typer.Exit(company.demo(locale(), host, port))


if __name__ == "__main__":
    main()
