"""What is wrong with a file or a row, and the cure, in the reader's language."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.money import country_name


def _sentences() -> dict[str, str]:
    return {**_of_files(), **_of_rows(), **_of_cells(), **_of_numbers(), **_of_matches()}


def _of_files() -> dict[str, str]:
    return {
        "file_empty": _("The file %(name)s is empty. Please choose another one."),
        "file_too_large": _("The file has %(size)s MiB; at most %(most)s MiB can be read. Please split it."),
        "intake_paused": _("Imports are paused for the moment (%(reason)s)."),
        "file_is_pdf": _("%(name)s is a PDF document, whatever its name says. Please save the table as XLSX or CSV."),
        "file_is_image": _("%(name)s is a picture, whatever its name says. Please save the table as XLSX or CSV."),
        "file_is_old_excel": _(
            "%(name)s is an old Excel file (XLS) or protected by a password. Please open it and save it as XLSX without one."
        ),
        "file_is_office": _(
            "%(name)s is a document of another kind. Please open it and save its table as XLSX or CSV."
        ),
        "file_is_web_page": _(
            "%(name)s is a web page or XML, whatever its name says. Please open it in Excel and save it as XLSX or CSV."
        ),
        "file_is_archive": _("%(name)s is an archive and no workbook. Please unpack it and choose the table itself."),
        "file_is_binary": _("%(name)s is no text and no table. Please choose a CSV or XLSX file."),
        "workbook_broken": _("The workbook is damaged or protected by a password. Please save it again without one."),
        "workbook_too_large": _(
            "Unpacked the workbook would have more than %(most)s MiB. Please save only the table as CSV."
        ),
        "too_many_rows": _(
            "The sheet reaches further down than %(most)s rows. Please delete what stands below the table, or save it as CSV."
        ),
        "no_rows": _("The file has no rows. Please check that the table stands on the first sheet."),
        "too_many_columns": _(
            "The file has %(found)s columns; at most %(most)s can be read. Please delete what is not needed."
        ),
        "begins_broken": _(
            "Line %(line)s, with which the file begins, cannot be read. Please check its quotation marks and its length:"
            " without it nobody knows the columns."
        ),
        "encoding_unknown": _("The encoding %(encoding)s is not known. Known are: %(known)s."),
        "encoding_unfit": _("The file cannot be read in the chosen encoding. Please choose another one."),
        "delimiter_unknown": _(
            "“%(delimiter)s” cannot separate columns. Please choose a single character such as ; or ,."
        ),
        "field_unknown": _("There is no field %(field)s. The fields are: %(known)s."),
        "column_unknown": _("The file has no column “%(column)s”. Its columns are: %(known)s."),
        "column_twice": _("The column “%(column)s” can only stand for one field. Please choose it once."),
        "name_unmapped": _("Please say which column holds the company name. The columns are: %(known)s."),
        "step_failed": _(
            "This step failed several times and was given up; nothing of it was written. Please try again; if it fails again,"
            " tell your administrator the name of the file and the time."
        ),
        "numbers_ambiguous": _(
            "Line %(line)s, column “%(column)s”: “%(value)s” can mean two numbers. Please say whether decimals are separated"
            " by a point or by a comma."
        ),
    }


def _of_rows() -> dict[str, str]:
    return {
        "too_many_cells": _(
            "The row has %(found)s cells, the table has %(expected)s columns. Please put cells that contain the delimiter"
            " in quotes."
        ),
        "undecodable": _("A character cannot be read. Please save the file as UTF-8 or choose the right encoding."),
        "quote_unclosed": _("A quotation mark is opened here and never closed. Please close it or delete it."),
        "quote_broken": _("A quotation mark stands in the middle of a cell. Please write it twice or delete it."),
        "formula_without_value": _(
            "Column %(column)s holds a formula whose result is not stored. Please open the file in Excel, save it, and import"
            " it again."
        ),
    }


def _of_cells() -> dict[str, str]:
    return {
        "control_character": _("The cell holds an invisible control character. Please type its text again."),
        "line_too_long": _(
            "The line has more than %(most)s characters. Please check its quotation marks and line breaks."
        ),
        "too_long": _("The text has %(found)s characters; at most %(most)s fit. Please shorten it."),
        "formula": _("“%(value)s” is a formula or its error. Please paste the value instead."),
        "name_missing": _("The company name is missing. Please add it."),
        "name_too_short": _(
            "“%(value)s” is no company name. Please enter at least two characters, letters or digits among them."
        ),
        "name_legal_form": _("“%(value)s” is only a legal form. Please enter the whole company name."),
        "country_unknown": _("“%(value)s” is no country that is known. Please use a code such as DE or the full name."),
        "country_missing": _("The country is missing. Please add it, or choose one for the whole file."),
        "number_form": _("This is no registration number of this country (%(country)s). Expected: %(form)s."),
        "number_asked": _("Microsoft asks for the registration number in this country: %(country)s."),
        "domain_unfit": _("“%(value)s” is no domain. It looks like contoso.de."),
        "domain_mixed": _(
            "“%(value)s” mixes letters of several scripts that look alike. Please type the domain again."
        ),
        "need_unknown": _(
            "“%(value)s” is no contract need that is known. Known are: dual-use, lead-status, multi-tenant, multi-affiliate,"
            " special approval, contract amendment; “none” if there are none."
        ),
        "flag_unfit": _("“%(value)s” is neither yes nor no. Please write yes or no, or leave the cell empty."),
    }


def _of_numbers() -> dict[str, str]:
    return {
        "date_for_number": _("“%(value)s” is a date where a number is expected. Please enter the number."),
        "number_unfit": _("“%(value)s” is no number. Please enter it in digits, for example 1200 or 1200.50."),
        "number_ambiguous": _(
            "“%(value)s” can mean two numbers. Please say whether decimals are separated by point or comma."
        ),
        "negative": _(
            "“%(value)s” is negative. Please enter zero or more, or leave the cell empty if it is not known."
        ),
        "seats_not_whole": _("“%(value)s” is no whole number of seats. Please round it."),
        "seats_too_many": _("“%(value)s” is more than %(most)s seats. Please check the number."),
        "amount_too_large": _("“%(value)s” is too large for an annual consumption. Please check the amount."),
        "amount_decimals": _("“%(value)s” has more than two decimals. Please round it to cents."),
        "currency_unknown": _("“%(value)s” is no currency. Please use a code such as EUR or USD."),
        "currency_withdrawn": _(
            "The currency “%(value)s” no longer exists. Please convert the amount and use today’s currency."
        ),
        "currency_missing": _("The amount has no currency. Please add it, or choose one for the whole file."),
        "currency_contradicts": _(
            "The amount is in %(inside)s, the currency column says %(stated)s. Please correct one of them."
        ),
    }


def _of_matches() -> dict[str, str]:
    return {
        "repeats_line": _(
            "Repeats line %(line)s: the same company and the same deal. Please keep one of the two rows."
        ),
        "differs_from_line": _(
            "The same company name as in line %(line)s, but another domain or registration number. If it is another company,"
            " please register it by hand."
        ),
        "differs_from_customer": _(
            "You have a customer of this name with another domain or registration number. If it is another company, please"
            " register it by hand."
        ),
        "resembles_customer": _(
            "Taken as new, but like your customer “%(name)s”. If they are one company, merge the two on the customer’s page."
        ),
        "resembles_line": _(
            "Taken as new, but its name is like “%(name)s” in line %(line)s. If they are one company, merge the two on the"
            " customer’s page."
        ),
        "phone_asked": _(
            "Taken as new. Microsoft asks for a phone number in this country (%(country)s): please add a contact with one."
        ),
        "kept_since_changed": _("Somebody changed this since the import, so it stays as it is."),
        "several_customers": _(
            "Several of your customers fit this row. Please add a domain or a registration number that fits only one of them."
        ),
    }


@cache
def _worded(_language: str | None) -> dict[str, str]:
    """Once for each language: a result file has a hundred thousand sentences."""
    return _sentences()


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The sentence for a code, with the values filled in. KeyError for a code that nobody has worded."""
    return _worded(get_language())[code] % _told(params)


def _told(params: Mapping[str, object]) -> dict[str, object]:
    """The values as they are read: a country by its name, the form of a number in the reader's language."""
    told = dict(params)
    if "form_en" in told:
        told["form"] = told["form_de"] if get_language() == "de" else told["form_en"]
    if "country" in told:
        told["country"] = country_name(str(told["country"]))
    return told
