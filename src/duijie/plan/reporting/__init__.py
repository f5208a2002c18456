"""Reports of results: everything they say is gathered once, as plain data; Word, Excel, brief and data package are made of that alone."""

from duijie.plan.reporting.book import workbook
from duijie.plan.reporting.gather import Asked, gather
from duijie.plan.reporting.package import data_package
from duijie.plan.reporting.word import brief, report

__all__ = ["Asked", "brief", "data_package", "gather", "report", "workbook"]
