"""Databases of the tests' own server."""

import psycopg


def url_of(server_url: str, database: str) -> str:
    """The URL of one of the server's databases."""
    base, _, query = server_url.partition("?")
    return f"{base.rpartition('/')[0]}/{database}?{query}"


async def copy_database(server_url: str, template: str, name: str) -> str:
    """Copies a database, file by file (50 ms; through the WAL it takes 400), and gives its URL."""
    async with await psycopg.AsyncConnection.connect(server_url, autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return url_of(server_url, name)


async def drop_database(server_url: str, name: str) -> None:
    """Drops it, whoever is still connected."""
    async with await psycopg.AsyncConnection.connect(server_url, autocommit=True) as connection:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
