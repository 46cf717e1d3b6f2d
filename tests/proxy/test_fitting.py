"""What axes are learnt from: who shares, what they picked, and no more people than memory holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

from adapters.ports import Evidence, Profile, User
from policies.rewards.prior import LEAST
from proxy.app import assemble
from proxy.config import from_dict
from proxy.fitting import fitted

TEXTS = ("Yes. Do it, by all means.", "- yes\n- do it\n- now")


def test_only_people_who_share_are_counted(tmp_path: Path) -> None:
    """Who paused, or never agreed, teaches nothing; those who picked nothing take nobody's place."""
    async def run() -> None:
        rapport = assemble(from_dict({"embedder": {"kind": "full_text_only"}}, tmp_path, secrets=False))
        try:
            for number in range(LEAST + 3):
                user, users = User(f"u_{number:032x}"), rapport.adapters.users
                share, paused = number != 0, number == 1
                assert await users.publish(user, Profile(version=1, share=share, paused=paused))
                if number != 2:
                    picked = [f"{TEXTS[0]} {number} {at}" for at in range(6)]
                    await users.append(user, [Evidence(text, "pick", text, "assistant", TEXTS[1]) for text in picked])
            assert (await fitted(rapport, "default", 2, LEAST - 1)).refused == "too_few_people"
            found = await fitted(rapport, "default", 2)
            assert found.audit is not None and found.audit.people == LEAST and found.audit.choices == LEAST * 2
        finally:
            await rapport.close()

    asyncio.run(run())
