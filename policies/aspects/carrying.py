"""Words that carry a sentence and name nothing, in several languages, beside the stop words that questions have."""

from __future__ import annotations

import re

CARRYING = frozenset(
    re.findall(
        r"\S+",
        """
    aber als auch auf aus bei bis dass dem den der des dich dir doch durch ein einen einer eines für haben hat hatte ich
    ihr ihre ihn ihm im in ins ist kann kein keine mein meine mich mir mit muss nach nicht noch nur oder ohne sehr sein
    seine sich sie sind über um und uns unser unter vom von vor war waren weil wenn werden wird wir wurde zum zur zwar
    aux avec cette ces cet dans elle elles est être fait ils leur leurs lui mais même nous ont ou où par pas plus pour
    sans ses son sont sur tout tous très une vous al algo ante antes aunque cada con contra cual cuando del desde donde
    durante ella ellos entre era eran esta este esto fue hasta hay más muy nos nosotros otra otro pero porque sin sobre
    su sus también tiene todo todos una uno ya alla anche che chi cui dal dalla degli dei della delle di gli ha hanno il
    nel nella non per più quale questa questo sono sua sul sulla suo tra aan bij dat deze die dit een en er haar heb
    heeft het hij hun ik maar met naar niet nog om ook op te tot uit van voor wat wel werd wordt zijn zo ao aos as até
    com da das do dos ela ele em essa esse foi isso mas na nas no não os para pela pelo quando que se sem ser seu são
    também tem uma absolutely again almost already always amazing awful bad best better big bit certainly completely day
    days decent definitely enough especially even excellent exactly extremely fairly fantastic far felt fine first found
    full fully generally good got great happy hard however including instead last least less little lot lots maybe
    nearly new next nice okay old perfect perfectly pretty probably quite rather real really right second seemed several
    simply slightly small stayed sure terrible things think thought three time times today too totally truly two usually
    whole without wonderful worst yet years
    """,
    )
)
