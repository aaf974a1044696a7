"""Which groups a notice goes to, as somebody writes it at the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from handlers.scopes import Named

Everyone = Annotated[bool, typer.Option("--all", help="To all groups.")]
Communities = Annotated[list[str] | None, typer.Option("--community", help="To a community's groups.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="To a group.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Only to groups with this tag (or another one given).")
]
Open = Annotated[
    str | None, typer.Option("--open", help="Only to groups in which a matter of this category is open now.")
]
IncidentNumber = Annotated[
    int | None, typer.Option("--incident", help="Only to the groups of this incident.")
]
WorkGroups = Annotated[
    list[str] | None, typer.Option("--work-group", help="To a group of the staff that is a recipient.")
]
NotCommunities = Annotated[list[str] | None, typer.Option("--not-community", help="Leave a community out.")]
NotGroups = Annotated[list[str] | None, typer.Option("--not-group", help="Leave a group out.")]
NotTags = Annotated[list[str] | None, typer.Option("--not-tag", help="Leave groups with this tag out.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """The options as given."""

    everyone: Everyone = False
    communities: Communities = None
    groups: Groups = None
    tags: Tags = None
    category: Open = None
    incident: IncidentNumber = None
    work: WorkGroups = None
    not_communities: NotCommunities = None
    not_groups: NotGroups = None
    not_tags: NotTags = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said about groups."""
        return self.named == Named()

    @property
    def named(self) -> Named:
        """The groups as named."""
        return Named(
            everyone=self.everyone,
            communities=tuple(self.communities or ()),
            groups=tuple(self.groups or ()),
            tags=tuple(self.tags or ()),
            category=self.category or "",
            incident=self.incident or 0,
            work=tuple(self.work or ()),
            not_communities=tuple(self.not_communities or ()),
            not_groups=tuple(self.not_groups or ()),
            not_tags=tuple(self.not_tags or ()),
        )
