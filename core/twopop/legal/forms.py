"""What sheets can be of, and the forms that they can be written in."""

from enum import StrEnum


class Form(StrEnum):
    """The form of a file that a sheet is written into."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class Report(StrEnum):
    """What a report lists: stock to be billed, talent to be paid, credits to be shown."""

    STOCK = "stock"
    TALENT = "talent"
    CREDITS = "credits"
