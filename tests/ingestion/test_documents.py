"""What is found in documents of every kind, read by the real child process."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.ingestion import samples
from tests.ingestion.reading import read


async def test_the_pages_of_a_pdf_keep_their_numbers_and_a_page_without_text_counts(tmp_path: Path) -> None:
    found, notes = await read(tmp_path, samples.pdf(["First (one)", "", "Third\nline"]))
    assert (found.media_type, found.parts, found.scanned) == ("application/pdf", 3, False)
    assert [(page.number, page.label, page.text) for page in notes.pages] == [
        (1, "page 1", "First (one)"),
        (2, "page 2", ""),
        (3, "page 3", "Third\nline"),
    ]


async def test_what_it_is_is_told_once_and_before_the_pages(tmp_path: Path) -> None:
    found, notes = await read(tmp_path, samples.pdf(["text"] * 120))
    assert notes.found == [found]
    assert [len(batch) for batch in notes.batches] == [50, 50, 20]


async def test_reading_goes_on_at_the_page_that_is_asked_for(tmp_path: Path) -> None:
    found, notes = await read(tmp_path, samples.pdf([f"number {n}" for n in range(1, 121)]), start=101)
    assert found.parts == 120
    assert (notes.pages[0].number, notes.pages[0].text, len(notes.pages)) == (101, "number 101", 20)


async def test_reading_that_had_come_to_the_end_finds_nothing_more(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, samples.docx(["only this"]), start=2)
    assert notes.batches == []


async def test_a_bad_page_is_marked_and_the_others_stay(tmp_path: Path) -> None:
    whole = samples.pdf(["before", "spoilt", "after"])
    spoilt = whole.replace(b"(spoilt) Tj", b"(spoilt  Tj")  # a string without end
    _, notes = await read(tmp_path, spoilt)
    assert [(page.text, page.bad) for page in notes.pages] == [("before", False), ("", True), ("after", False)]


async def test_a_pdf_without_text_is_scanned_and_its_pages_are_counted(tmp_path: Path) -> None:
    found, notes = await read(tmp_path, samples.pdf([""] * 30))
    assert (found.scanned, found.parts) == (True, 30)
    assert (notes.found, notes.batches) == ([], [])


async def test_a_pdf_that_anybody_may_open_is_read_although_it_is_encrypted(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, samples.locked_pdf(["open to all"], user=""))
    assert notes.text == "open to all"


async def test_headings_paragraphs_and_tables_of_a_docx(tmp_path: Path) -> None:
    data = samples.docx(["# Plan", "Costs & dates"], table=[["Item", "Price"], ["Lamp", "12"]])
    found, notes = await read(tmp_path, data)
    assert notes.text == "# Plan\nCosts & dates\nItem\tPrice\nLamp\t12"
    assert (found.parts, notes.labels) == (1, ["part 1"])


async def test_a_long_docx_is_cut_at_paragraphs_into_parts_of_about_a_page(tmp_path: Path) -> None:
    paragraphs = [f"{number} " + "word " * 150 for number in range(40)]
    found, notes = await read(tmp_path, samples.docx(paragraphs))
    assert found.parts == len(notes.pages) > 5
    assert all(len(page.text) <= 3_100 for page in notes.pages)
    assert [line.split()[0] for line in notes.text.split("\n")] == [str(number) for number in range(40)]


async def test_slides_come_in_the_order_of_the_presentation_with_their_notes(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, samples.pptx(["Hello\nfirst words", "Goodbye\nlast words"], {2: "wave"}))
    assert [(page.label, page.text) for page in notes.pages] == [
        ("slide 1", "# Hello\nfirst words"),
        ("slide 2", "# Goodbye\nlast words\n\nNotes:\nwave"),
    ]


async def test_sheets_are_labelled_and_long_ones_come_in_parts_of_rows(tmp_path: Path) -> None:
    data = samples.xlsx(
        {"Costs": [["Lamp", 12, 2.5], [None, None, None], ["Desk", 80, True]], "Log": [[n] for n in range(1200)]}
    )
    _, notes = await read(tmp_path, data)
    assert notes.labels == [
        "sheet Costs",
        "sheet Log, rows 1-500",
        "sheet Log, rows 501-1000",
        "sheet Log, rows 1001-1200",
    ]
    assert notes.pages[0].text == "Lamp\t12\t2.5\nDesk\t80\tTRUE"
    assert notes.pages[-1].text.split("\n")[0] == "1000"


async def test_rows_and_columns_of_a_sheet_that_are_left_out_are_told(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, samples.xlsx({"Wide": [["x"] * 130], "Long": [[n] for n in range(3_500)]}))
    assert notes.pages[0].text.endswith("(columns after 100 are left out)")
    assert notes.pages[-1].label == "sheet Long, rows 2501-3000"
    assert notes.pages[-1].text.endswith("2999\n(rows after 3000 are left out)")


async def test_a_sheet_that_is_as_long_as_is_read_has_nothing_left_out(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, samples.xlsx({"Long": [["x"] * 100, *[["x"]] * 2_999]}))
    assert "left out" not in notes.text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_parts_of_a_table_name_their_rows_and_repeat_the_first_one(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "note"], *([f"n{number}", '"a, b; c"'] for number in range(1, 700))]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode()
    found, notes = await read(tmp_path, data, "table.csv")
    assert (found.media_type, notes.labels) == ("text/csv", ["rows 1-500", "rows 501-700"])
    assert notes.pages[1].text.split("\n")[:2] == ["name\tnote", "n500\ta, b; c"]


async def test_a_table_with_quotes_that_never_end_is_read_as_text(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, b'a,b\n"' + b"line without end\n" * 20_000, "table.csv")
    assert notes.pages[0].label.startswith("lines 1-")


async def test_html_is_read_without_its_scripts_and_styles(tmp_path: Path) -> None:
    page = (
        b"<!doctype html><title>Shop</title><style>p {}</style><h1>Lamps</h1><script>var x = '<p>no</p>'</script>"
        b"<ul><li><p>red <a href='/r'>lamp</a></p></ul><table><tr><td>a<td>b</table><img alt='a cat'>"
        b"<pre>  two\n    four</pre>"
    )
    found, notes = await read(tmp_path, page)
    assert found.media_type == "text/html"
    assert notes.text == "Title: Shop\n# Lamps\n- red lamp\na\tb\n[a cat]\n  two\n    four"


async def test_an_email_shows_headers_text_and_the_names_of_what_is_attached(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@example.com>", "bob@example.com", "Grüße"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("See below.\nYours")
    mail.add_alternative("<p>See <b>below</b></p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7 secret", maintype="application", subtype="pdf", filename="plan.pdf")
    found, notes = await read(tmp_path, mail.as_bytes())
    assert found.media_type == "message/rfc822"
    assert notes.text == (
        "From: Ada <ada@example.com>\nTo: bob@example.com\nSubject: Grüße\n\nSee below.\nYours\n\nAttached: plan.pdf"
    )


async def test_an_email_of_html_alone_is_read_as_text(tmp_path: Path) -> None:
    mail = b"Subject: Hi\nContent-Type: text/html; charset=iso-8859-1\n\n<p>Gr\xfc\xdfe</p><script>x</script>"
    _, notes = await read(tmp_path, mail, "mail.eml")
    assert notes.text == "Subject: Hi\n\nGrüße"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.py", "text/plain"), ("a.md", "text/markdown"), ("a.json", "application/json"), ("a.pdf", "text/plain")],
)
async def test_text_names_its_lines_and_the_ending_of_its_name_only_its_type(
    tmp_path: Path, name: str, media_type: str
) -> None:
    lines = [f"line {number} = '{'x' * 40}'" for number in range(1, 101)]
    found, notes = await read(tmp_path, "\n".join(lines).encode(), name)
    assert found.media_type == media_type
    assert notes.labels == ["lines 1-56", "lines 57-100"]
    assert notes.text == "\n".join(lines)


async def test_a_line_without_end_is_cut(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, b"short\n" + b"x" * 7_000 + b"\nlast", "data.json")
    assert notes.labels[:2] == ["line 1", "line 2, characters 1-3000"]
    assert notes.labels[-2:] == ["line 2, characters 6001-7000", "line 3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
async def test_text_is_decoded_whatever_wrote_it(tmp_path: Path, encoding: str) -> None:
    _, notes = await read(tmp_path, "Grüße aus Köln, 20 €".encode(encoding))
    assert notes.text == "Grüße aus Köln, 20 €"


async def test_control_characters_stay_outside(tmp_path: Path) -> None:
    _, notes = await read(tmp_path, b"plain\x1b[31m red\x7f\r\nline\ttab " + b"words " * 100)
    assert notes.text.startswith("plain[31m red\nline\ttab words")
