"""`duijie mcp`: the tools for assistants on standard input and output, with the rights of a key."""

from __future__ import annotations

from typing import Any

import click

from duijie.cli.platform import platform_command


@click.command()
@click.option(
    "--key", envvar="DUIJIE_KEY", default="", help="成员的接口密钥 / a member's API key; 不给就是游客 / a guest without"
)
@platform_command
def mcp(key: str) -> None:
    """智能助手的工具（MCP，标准输入输出）。Tools for assistants over stdio."""
    from duijie.core.access import GUEST
    from duijie.members.actions import authenticate_key
    from duijie.members.viewers import viewer_of_key

    viewer = viewer_of_key(authenticate_key(key)) if key else GUEST
    _server(viewer).run("stdio")


def _server(viewer: Any) -> Any:
    import json

    import anyio.to_thread
    from mcp.server.lowlevel import Server
    from mcp_types import CallToolResult, ListToolsResult, TextContent
    from mcp_types import Tool as Described

    from duijie.core.errors import Fault
    from duijie.federate.assistant import TOOLS, call

    def work(name: str, arguments: dict[str, Any]) -> CallToolResult:
        from django.db import close_old_connections

        close_old_connections()
        try:
            found = call(viewer, name, arguments)
        except Fault as fault:
            return CallToolResult(content=[TextContent(type="text", text=str(fault))], is_error=True)
        text = json.dumps(found, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found)

    async def list_tools(context: Any, params: Any) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Described(name=t.name, title=t.title, description=t.description, input_schema=t.input_schema)
                for t in TOOLS.values()
            ]
        )

    async def call_tool(context: Any, params: Any) -> CallToolResult:
        return await anyio.to_thread.run_sync(work, params.name, dict(params.arguments or {}))

    return _Stdio(Server("duijie", on_list_tools=list_tools, on_call_tool=call_tool))


class _Stdio:
    """Runs a server of the SDK over standard input and output."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def run(self, transport: str) -> None:
        import anyio
        from mcp.server.stdio import stdio_server

        async def serve() -> None:
            async with stdio_server() as (incoming, outgoing):
                await self.server.run(incoming, outgoing, self.server.create_initialization_options())

        anyio.run(serve)
