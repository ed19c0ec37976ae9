"""What others may use of configuration as code: the command line imports and exports, contacts are a table, too."""

from controlplane.ascode.archive import pack, read_path, write_folder
from controlplane.ascode.background import LONG as LONG_IMPORT
from controlplane.ascode.background import Waiting
from controlplane.ascode.background import run as run_import
from controlplane.ascode.background import start as import_later
from controlplane.ascode.errors import ImportRefused, in_words
from controlplane.ascode.rows import MAX_BYTES as MAX_TABLE
from controlplane.ascode.rows import entries, joined, read_rows
from controlplane.ascode.schemas import ImportProblem, ImportRead
from controlplane.ascode.service import Exported, ExportOptions, export_table, export_tree, import_tree
from controlplane.ascode.table import TABLES, read_table
from controlplane.ascode.tree import Tree, parse

__all__ = [
    "LONG_IMPORT",
    "MAX_TABLE",
    "TABLES",
    "ExportOptions",
    "Exported",
    "ImportProblem",
    "ImportRead",
    "ImportRefused",
    "Tree",
    "Waiting",
    "entries",
    "export_table",
    "export_tree",
    "import_later",
    "import_tree",
    "in_words",
    "joined",
    "pack",
    "parse",
    "read_path",
    "read_rows",
    "read_table",
    "run_import",
    "write_folder",
]
