"""What Discord lets through: lengths, components, modals, commands; and whom a text pings."""

from __future__ import annotations

import re
from typing import Any, Final

from .refusals import RefusalError, invalid
from .world import COMPONENTS_V2, Message, User, every_component, texts

_EMBED: Final = {"title": 256, "description": 4096}
_BUTTON, _TEXT, _SELECTS = 2, 4, (3, 5, 6, 7, 8)
_V1: Final = {1, 2, 3, 5, 6, 7, 8}
_IN_MESSAGES: Final = _V1 | {9, 10, 11, 12, 13, 14, 17}
_NAME: Final = re.compile(r"[-_'\w]{1,32}")


def check_message(body: dict[str, Any], *, files: int, kept: int = 0, sticky: int = 0) -> None:
    """Whether a message may look like this.

    Args:
        body: what was sent.
        files: files that came with it.
        kept: attachments that stay from before.
        sticky: flags that the message already has.

    Raises:
        RefusalError: as Discord words it.
    """
    content = body.get("content") or ""
    embeds = body.get("embeds") or []
    components = body.get("components") or []
    flags = (body.get("flags") or 0) | sticky
    length("content", content, 2000, least=0)
    if files + kept > 10:
        raise RefusalError(400, 30015, "Maximum number of attachments in a message reached (10)")
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise invalid("nonce", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    check_embeds(embeds)
    if flags & COMPONENTS_V2:
        if content or embeds:
            field = "content" if content else "embeds"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            raise invalid(field, f"The '{field}' field cannot be used with IS_COMPONENTS_V2", code)
        check_v2(components)
    else:
        check_rows(components)
    check_parts(components)
    if not (content.strip() or embeds or files or kept or components or body.get("poll")):
        raise RefusalError(400, 50006, "Cannot send an empty message")


def length(field: str, text: Any, most: int, *, least: int = 1) -> None:
    """Whether a text is there and not too long."""
    if not isinstance(text, str):
        raise invalid(field, "Could not interpret as string.", "BASE_TYPE_CONVERT")
    if not least <= len(text) <= most:
        raise invalid(field, f"Must be between {least} and {most} in length.")


def check_embeds(embeds: list[dict[str, Any]]) -> None:
    """The limits of embeds, one by one and over all of them."""
    if len(embeds) > 10:
        raise invalid("embeds", "Must be 10 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    total = 0
    for number, embed in enumerate(embeds):
        here = f"embeds.{number}"
        for field, most in _EMBED.items():
            if field in embed:
                length(f"{here}.{field}", embed[field], most, least=0)
                total += len(embed[field])
        if len(embed.get("fields", [])) > 25:
            raise invalid(f"{here}.fields", "Must be 25 or fewer in length.")
        for row, part in enumerate(embed.get("fields", [])):
            length(f"{here}.fields.{row}.name", part.get("name"), 256)
            length(f"{here}.fields.{row}.value", part.get("value"), 1024)
            total += len(part["name"]) + len(part["value"])
        if "footer" in embed:
            length(f"{here}.footer.text", embed["footer"].get("text"), 2048)
            total += len(embed["footer"]["text"])
        if "author" in embed:
            length(f"{here}.author.name", embed["author"].get("name"), 256)
            total += len(embed["author"]["name"])
    if total > 6000:
        raise invalid(
            "embeds", "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED"
        )


def check_rows(rows: list[dict[str, Any]]) -> None:
    """Components of the first kind: five rows of five buttons, or of one select."""
    if len(rows) > 5:
        raise invalid("components", "Must be between 1 and 5 in length.")
    for number, row in enumerate(rows):
        if row.get("type") != 1:
            raise invalid(
                f"components.{number}",
                "Value of field 'type' must be one of (1,).",
                "UNION_TYPE_CHOICES",
            )
        check_row(row, f"components.{number}")


def check_row(row: dict[str, Any], here: str) -> None:
    """One row: one to five buttons, or a single select."""
    inside = row.get("components", [])
    selects = sum(part.get("type") in _SELECTS for part in inside)
    if not 1 <= len(inside) <= 5 or (selects and len(inside) > 1):
        raise invalid(f"{here}.components", "Must be between 1 and 5 in length.")


def check_v2(components: list[dict[str, Any]]) -> None:
    """Components of the second kind: forty in all, four thousand characters in all."""
    every = every_component(components)
    if not 1 <= len(every) <= 40:
        raise invalid("components", "Must be between 1 and 40 in length.", "COMPONENT_MAX_COUNT")
    if sum(map(len, texts(components))) > 4000:
        raise invalid(
            "components", "Total text must be 4000 or fewer in length.", "COMPONENT_MAX_TEXT"
        )
    for number, part in enumerate(every):
        here, kind = f"components.{number}", part.get("type")
        if kind not in _IN_MESSAGES:
            raise invalid(here, "No such component in a message.", "UNION_TYPE_CHOICES")
        if kind == 1:
            check_row(part, here)
        if kind == 9 and not (1 <= len(part.get("components", [])) <= 3 and part.get("accessory")):
            raise invalid(here, "A section has one to three texts and an accessory.")
        if kind == 10:
            length(f"{here}.content", part.get("content"), 4000)
        if kind == 12 and not 1 <= len(part.get("items", [])) <= 10:
            raise invalid(f"{here}.items", "Must be between 1 and 10 in length.")
        if kind == 17 and not part.get("components"):
            raise invalid(f"{here}.components", "This field is required", "BASE_TYPE_REQUIRED")


def check_parts(components: list[dict[str, Any]]) -> None:
    """Buttons and selects: labels, ids that differ, choices."""
    seen: set[str] = set()
    for number, part in enumerate(every_component(components)):
        here, kind = f"components.{number}", part.get("type")
        if kind == _BUTTON:
            if not part.get("label") and not part.get("emoji"):
                raise invalid(f"{here}.label", "A button needs a label or an emoji.")
            length(f"{here}.label", part.get("label") or "", 80, least=0)
            if (part.get("style") == 5) != ("url" in part):
                raise invalid(here, "A link button has a url and no custom id.")
        if kind in _SELECTS or (kind == _BUTTON and part.get("style") not in (5, 6)):
            length(f"{here}.custom_id", part.get("custom_id"), 100)
            if part["custom_id"] in seen:
                code = "COMPONENT_CUSTOM_ID_DUPLICATED"
                raise invalid(f"{here}.custom_id", "Component custom id cannot be duplicated", code)
            seen.add(part["custom_id"])
        if kind == 3:
            check_options(part, here)


def check_options(select: dict[str, Any], here: str) -> None:
    """A select's choices: one to twenty-five, with values that differ."""
    options = select.get("options", [])
    if not 1 <= len(options) <= 25:
        raise invalid(f"{here}.options", "Must be between 1 and 25 in length.")
    length(f"{here}.placeholder", select.get("placeholder") or "", 150, least=0)
    for row, option in enumerate(options):
        length(f"{here}.options.{row}.label", option.get("label"), 100)
        length(f"{here}.options.{row}.value", option.get("value"), 100)
        length(f"{here}.options.{row}.description", option.get("description") or "", 100, least=0)
    if len({option["value"] for option in options}) < len(options):
        raise invalid(f"{here}.options", "The specified option value is already used")


def check_modal(modal: dict[str, Any]) -> None:
    """A modal: a title, and one to five fields."""
    length("data.title", modal.get("title"), 45)
    length("data.custom_id", modal.get("custom_id"), 100)
    parts = modal.get("components", [])
    if not 1 <= len(parts) <= 5:
        raise invalid("data.components", "Must be between 1 and 5 in length.")
    for number, part in enumerate(parts):
        here = f"data.components.{number}"
        if part.get("type") == 18:
            length(f"{here}.label", part.get("label"), 45)
            length(f"{here}.description", part.get("description") or "", 100, least=0)
        elif part.get("type") not in (1, 10):
            raise invalid(here, "No such component in a modal.", "UNION_TYPE_CHOICES")
    for number, part in enumerate(every_component(parts)):
        here = f"data.components.{number}"
        if part.get("type") == _TEXT:
            length(f"{here}.custom_id", part.get("custom_id"), 100)
            length(f"{here}.placeholder", part.get("placeholder") or "", 100, least=0)
            length(f"{here}.label", part.get("label") or "", 45, least=0)
            longest = part.get("max_length") or 4000
            if not 1 <= longest <= 4000:
                raise invalid(f"{here}.max_length", "Must be between 1 and 4000.")
            length(f"{here}.value", part.get("value") or "", longest, least=0)
        if part.get("type") == 3:
            check_options(part, here)


def check_choices(choices: list[dict[str, Any]]) -> None:
    """What autocomplete offers: at most twenty-five."""
    if len(choices) > 25:
        raise invalid("data.choices", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for number, choice in enumerate(choices):
        length(f"data.choices.{number}.name", choice.get("name"), 100)
        if isinstance(choice.get("value"), str):
            length(f"data.choices.{number}.value", choice["value"], 100)


def check_commands(commands: list[dict[str, Any]]) -> None:
    """The commands that a bot registers: how many, their names and their options."""
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        same = [command for command in commands if command.get("type", 1) == kind]
        if len(same) > most:
            raise RefusalError(
                400, 30032, f"Maximum number of application commands reached ({most})"
            )
        if len({command["name"] for command in same}) < len(same):
            raise RefusalError(400, 50035, "APPLICATION_COMMANDS_DUPLICATE_NAME")
        for command in same:
            if kind == 1:
                check_option(command, command["name"])
            else:
                length(f"{command['name']}.name", command["name"], 32)


def check_option(option: dict[str, Any], here: str) -> None:
    """A command, or an option of one: its names in every language, and what is under it."""
    names = [option.get("name", ""), *(option.get("name_localizations") or {}).values()]
    for name in names:
        if not _NAME.fullmatch(name) or name != name.lower():
            raise invalid(
                f"{here}.name", "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME"
            )
    said = [option.get("description"), *(option.get("description_localizations") or {}).values()]
    for text in said:
        length(f"{here}.description", text, 100)
    options = option.get("options") or []
    if len(options) > 25:
        raise invalid(f"{here}.options", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if [o.get("required", False) for o in options] != sorted(
        (o.get("required", False) for o in options), reverse=True
    ):
        raise invalid(f"{here}.options", "Required options must come before optional ones")
    if len(option.get("choices") or []) > 25:
        raise invalid(f"{here}.choices", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for part in options:
        check_option(part, f"{here}.{part.get('name')}")


def pings(message: Message, body: dict[str, Any]) -> list[str]:
    """Whom this message of a bot's would have pinged, in words."""
    text = "\n".join([body.get("content") or "", *texts(body.get("components") or [])])
    allowed = body.get("allowed_mentions")
    found: list[str] = []
    for kind, pattern in (
        ("everyone", r"@(everyone|here)"),
        ("users", r"<@!?(\d+)>"),
        ("roles", r"<@&(\d+)>"),
    ):
        free = allowed is None or kind in allowed.get("parse", [])
        named = [] if allowed is None else allowed.get(kind, [])
        found += [f"{kind}: {who}" for who in re.findall(pattern, text) if free or who in named]
    replied = message.reply_to
    if replied is not None and not _is_silent(replied.author, allowed):
        found.append(f"reply: {replied.author.name}")
    return found


def _is_silent(author: User, allowed: dict[str, Any] | None) -> bool:
    """Whether answering this author's message pings nobody."""
    return author.bot or (allowed is not None and not allowed.get("replied_user", False))
