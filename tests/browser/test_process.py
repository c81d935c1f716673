"""A COO's handover from opening to archive in a real browser: a return, a holiday, an overdue node, two successors."""

from __future__ import annotations

import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kb.clock import today
from tests.browser.company import Company
from web.demo import plan

pytestmark = pytest.mark.browser
PIN = plan.load().pin
Visit = Callable[..., Page]


def _press(page: Page, selector: str) -> None:
    """Click, and wait for the page that answers: going on at once would take the form back."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def _open(page: Page) -> str:
    page.goto("/handovers/new")
    page.select_option("#role", "coo")
    for field, person in (("leaver", "陆承舟（lu）"), ("successor", "温知夏（wen）"), ("head", "郭砚秋（guo）")):
        page.select_option(f"#{field}", label=person)
    page.fill("#last_day", (today() + timedelta(days=120)).isoformat())
    _press(page, "main form button[type=submit]")
    return re.search(r"hov-\w+", page.url)[0]  # type: ignore[index]


def _grant(page: Page, handover: str, home: Path) -> None:
    page.goto(f"/grants/{handover}")
    token = page.locator("input[name=csrf_token]").first.input_value()
    with closing(sqlite3.connect(home / "kb.sqlite")) as rows:
        people = dict(rows.execute("select login, id from person where login in ('wen', 'ren', 'guo')").fetchall())
    everything = dict.fromkeys(("strategy", "projects", "team", "finance", "legal"), "restricted")
    for login, person in people.items():
        given = everything | ({"finance": "none"} if login == "wen" else {})
        sent = page.request.post(f"/grants/{handover}/people/{person}", form=given | {"csrf_token": token})
        assert sent.ok


def _agree(page: Page, handover: str) -> None:
    page.goto(f"/handovers/{handover}/agreements")
    while page.locator("input[name=pin]").count():
        page.locator("input[name=pin]").first.fill(PIN)
        _press(page, "main form button.primary")


def _hand_in(page: Page, handover: str, place: int, text: str) -> None:
    page.goto(f"/handovers/{handover}")
    field = page.locator(".due input[type=file]").nth(place)
    with page.expect_response(lambda r: r.request.method == "POST" and "/upload" in r.url):
        field.set_input_files({"name": f"交付-{place}.txt", "mimeType": "text/plain", "buffer": text.encode()})
    page.wait_for_load_state()


def _sign(page: Page, handover: str, step: str, query: str = "") -> None:
    page.goto(f"/handovers/{handover}/steps/{step}{query}")
    page.fill("#pin", PIN)
    _press(page, "main form button.primary")
    expect(page.locator("p.notice[role=status]")).to_contain_text("已完成")


def _put_back(home: Path, handover: str) -> None:
    """Let the review have begun before the National Day holiday, on a provisional deadline, and run the sweep."""
    with closing(sqlite3.connect(home / "kb.sqlite", timeout=30)) as rows, rows:
        rows.execute(
            "update handover set node_since = '2026-09-29 02:00:00', node_due = '2026-10-02', due_provisional = 1 "
            "where id = ?", (handover,),
        )  # fmt: skip
    kb = Path(sys.executable).with_name("kb")
    subprocess.run([str(kb), "sweep"], env=os.environ | {"KB_HOME": str(home)}, check=True, capture_output=True)


def _approve_everything(page: Page, handover: str) -> None:
    page.goto(f"/handovers/{handover}/review")
    links = [a.get_attribute("href") or "" for a in page.locator(".due h3 a").all()]
    for link in links:
        page.goto(link)
        for choice in page.locator("label.choice.met").all():
            choice.click()
        _press(page, "button[value=approve]")


def test_from_opening_to_archive(visit: Visit, company: Company) -> None:
    if not company.home.exists():
        pytest.skip("needs the demo of this test run: its database is put back in time")
    hr = visit("yao")
    handover = _open(hr)
    _grant(hr, handover, company.home)
    hr.goto(f"/handovers/{handover}/arrange")
    hr.check("input[name=modules][value=finance]")
    hr.select_option("#receiver", label="任书遥（ren）")
    _press(hr, "form[action$=receivers] button")

    leaver = visit("lu")
    _agree(leaver, handover)
    for place in range(12):
        _hand_in(leaver, handover, place, f"第 {place} 项的内容：三年目标与理由。")
    leaver.goto(f"/handovers/{handover}/risks")
    leaver.fill("#title", "断网续传模块只有一个人能改")
    leaver.fill("#department", "数字化中心")
    leaver.fill("#countermeasure", "再派两人轮岗")
    _press(leaver, "form.stack button.primary")
    _sign(leaver, handover, "submit")

    head = visit("guo")
    _agree(head, handover)
    head.goto(f"/handovers/{handover}/review")
    _press(head, ".due h3 a")
    head.locator("label.choice.missing").first.click()
    head.locator(".criteria input:not([type=radio])").first.fill("没有写 2028 年的目标")
    head.fill("#reason", "请补上 2028 年的目标")
    _press(head, "button[value=return]")
    head.goto(f"/handovers/{handover}/steps/send_back")
    head.fill("#reason", "补齐后再提交")
    _press(head, "main form button.danger")

    leaver.goto(f"/handovers/{handover}")
    expect(leaver.locator("main")).to_contain_text("请补上 2028 年的目标")
    _hand_in(leaver, handover, 0, "第 0 项的内容：补上 2028 年的目标。")
    _sign(leaver, handover, "submit")

    _put_back(company.home, handover)
    hr.goto(f"/handovers/{handover}")
    expect(hr.locator(".flow .current")).to_contain_text("2026-10-09")  # 30, then 国庆, then 10-08 and 10-09
    expect(hr.locator(".alerts .red").first).to_contain_text("已逾期")
    hr.goto("/notices")
    expect(hr.locator(".unread").first).to_contain_text("预警")

    _approve_everything(head, handover)
    _sign(head, handover, "approve")
    _sign(hr, handover, "confirm")

    first, second = visit("wen"), visit("ren", width=390)
    _agree(first, handover)
    _agree(second, handover)
    first.goto(f"/handovers/{handover}/steps/receive?module=projects")
    expect(first.locator("main form button.primary")).to_be_disabled()
    _press(first, "main a.button:has-text('阅读并回答')")
    first.locator("label.choice", has_text=re.compile("再派两人轮岗|数字化中心")).click()
    _press(first, "form[action$=answer] button")
    for module in ("strategy", "projects", "team", "legal"):
        _sign(first, handover, "receive", f"?module={module}")
    _sign(second, handover, "receive", "?module=finance")

    hr.goto(f"/handovers/{handover}/arrange")
    hr.fill("#r-note", "电脑与门禁卡已归还，账号已停用")
    _press(hr, "form[action$=returns] button")
    _sign(hr, handover, "archive")
    _check_certificate(hr, handover, company.home)
    hr.goto(f"/handovers/{handover}/log")
    for word in ("归档", "签收模块", "退回补充", "审核通过", "登记风险"):
        expect(hr.locator("table")).to_contain_text(word)


def _check_certificate(page: Page, handover: str, home: Path) -> None:
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    pdf = page.request.get(f"/handovers/{handover}/certificate").body()
    content = (home / "keys" / "ca.pem").read_bytes()
    root = x509.Certificate.load(pem.unarmor(content[content.index(b"-----BEGIN CERT"):])[2])
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert len(found) == 2
    with ThreadPoolExecutor(1) as beside:  # the browser driver keeps an event loop in this thread
        assert all(beside.map(lambda s: validate_pdf_signature(s, context).bottom_line, found))
    if shutil.which("pdfsig"):
        file = home.parent / "certificate.pdf"
        file.write_bytes(pdf)
        said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid") == 2
