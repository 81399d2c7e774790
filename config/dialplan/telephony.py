"""The other files that Asterisk reads: manager, PJSIP, queues for survival, music.

Decides their content from the configuration and the resolved secrets. Who may do what at the manager interface is said by
``cti.translate``, which knows what is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from config.check import survival_line
from config.dialplan.extensions import GENERAL_QUEUE, line_queue, music_class, trunk_endpoint
from config.dialplan.templates import Rendered, filled, joined, line
from config.schema import Config, Phone, Trunk
from config.schema.secrets import ExchangeSecrets
from cti.translate import DIALLING_PRIVILEGE, EVENTS, READ_PRIVILEGES, WRITE_PRIVILEGES
from ivr.menu import PROMPT_FOLDER


def manager_conf(config: Config, exchange: str, secrets: ExchangeSecrets) -> Rendered:
    """The engine's user of the manager interface."""
    ami = config.exchanges[exchange].ami
    rights = (*WRITE_PRIVILEGES, *([DIALLING_PRIVILEGE] if config.callbacks is not None or config.supervision.listening else []))
    return filled(
        "manager.conf.tmpl",
        username=ami.username,
        secret=secrets.ami,
        permits=joined([line("permit", _with_mask(network)) for network in ami.permit]),
        read=",".join(READ_PRIVILEGES),
        write=",".join(rights),
        filters=Rendered("\n".join(f"eventfilter(name({event})) =" for event in EVENTS)),
    )


def _with_mask(network: str) -> str:
    return network if "/" in network else f"{network}/32"


def pjsip_conf(config: Config, exchange: str, secrets: ExchangeSecrets) -> Rendered:
    """The trunks, and the phones that have an address or a password here; others are the PBX's own."""
    trunks = [_trunk(name, trunk) for name, trunk in config.exchanges[exchange].trunks.items()]
    phones = [_phone(name, phone, secrets) for name, phone in config.phones.items() if phone.contact or phone.secret]
    return joined([Rendered("; Trunks and phones. Written by `hotline dialplan`.\n"), *trunks, *phones], "\n")


def _trunk(name: str, trunk: Trunk) -> Rendered:
    endpoint = trunk_endpoint(name)
    aors = Rendered("") if trunk.contact is None else filled("trunk-aor.tmpl", name=endpoint, contact=trunk.contact)
    matches = joined([line("match", network) for network in trunk.match])
    return filled("trunk.tmpl", name=endpoint, codecs=",".join(trunk.codecs), aors=aors, matches=matches)


def _phone(name: str, phone: Phone, secrets: ExchangeSecrets) -> Rendered:
    registers = phone.secret is not None
    return filled(
        "phone-endpoint.tmpl",
        phone=name,
        codecs=",".join(phone.codecs),
        auth=filled("phone-auth.tmpl", phone=name, password=secrets.phones[name]) if registers else Rendered(""),
        qualify=phone.qualify_seconds,
        contact=Rendered("max_contacts = 1\nremove_existing = yes") if registers else line("contact", phone.contact or ""),
    )


def queues_conf(config: Config, exchange: str) -> Rendered:
    """Survival's queues: one of all agents, and one for each product line that has agents."""
    everybody = [agent.phone for agent in config.agents.values()]
    queues = [_queue(config, exchange, GENERAL_QUEUE, everybody)]
    for product_line in config.product_lines:
        if survival_line(config, product_line):
            phones = [agent.phone for agent in config.agents.values() if product_line in agent.products]
            queues.append(_queue(config, exchange, line_queue(product_line), phones))
    return joined([Rendered("; Queues for when the engine does not answer. Written by `hotline dialplan`.\n"), *queues], "\n")


def _queue(config: Config, exchange: str, queue: str, phones: Sequence[str]) -> Rendered:
    devices = [config.exchanges[exchange].dial.replace("{phone}", phone) for phone in phones]
    return filled(
        "queue.tmpl",
        queue=queue,
        strategy=config.survival.strategy,
        ring_seconds=config.survival.ring_seconds,
        announce_seconds=config.survival.announce_seconds,
        sounds=PROMPT_FOLDER,
        members=joined([line("member", device) for device in devices]),
    )


def musiconhold_conf(config: Config, exchange: str) -> Rendered:
    """What waiting callers hear."""
    others = [filled("musiconhold-class.tmpl", name=music_class(name), directory=folder) for name, folder in config.music.items()]
    return filled("musiconhold.conf.tmpl", directory=config.exchanges[exchange].music, others=joined(others))
