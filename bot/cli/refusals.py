"""Every error that is an answer and not a fault: the command line prints its sentence, without a traceback."""

from __future__ import annotations

from bot.errors import BotError
from handlers.errors import HandlerError
from nlp import RuleError
from storage.errors import StorageError

REFUSALS = (BotError, HandlerError, StorageError, RuleError)
