"""Words that the rules share: general English, and the names of languages."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set, so that long lists of words can be read as lines."""
    return frozenset(text.split())


_LANGUAGES = word_set(
    "English French German Spanish Italian Portuguese Dutch Swedish Danish Norwegian Finnish Polish Czech Slovak "
    "Hungarian Romanian Bulgarian Greek Turkish Russian Ukrainian Serbian Croatian Slovenian Estonian Latvian "
    "Lithuanian Arabic Hebrew Persian Farsi Urdu Hindi Bengali Tamil Telugu Punjabi Chinese Mandarin Cantonese "
    "Japanese Korean Vietnamese Thai Indonesian Malay Tagalog Swahili Catalan Basque Galician Irish Welsh Icelandic "
    "Latin Esperanto"
)
_OWN_NAMES = {
    "English": "englisch anglais inglés ingles",
    "French": "français francais französisch francés",
    "German": "deutsch allemand alemán",
    "Spanish": "español espanol castellano spanisch espagnol",
    "Italian": "italiano italienisch italien",
    "Portuguese": "português portugiesisch portugais",
}
LANGUAGES = {name.lower(): name for name in sorted(_LANGUAGES)} | {
    word: name for name, words in _OWN_NAMES.items() for word in words.split()
}
"""English names of languages, by what people call them, in lower case."""

OCCUPATIONS = word_set(
    "accountant actor actress actuary administrator analyst anaesthetist archaeologist architect archivist artist "
    "astronomer astronaut author baker banker barber barista barrister bartender biologist blogger bookkeeper botanist "
    "bricklayer broker builder butcher buyer caregiver caretaker carer carpenter cashier chef chemist clerk coach "
    "coder comedian composer concierge conductor consultant contractor cook copywriter counsellor counselor curator "
    "dancer dentist designer detective dev developer devops dietitian director doctor driver ecologist economist "
    "editor "
    "electrician engineer entrepreneur estimator farmer firefighter fisherman florist founder freelancer gardener "
    "geologist grocer guide hairdresser historian housewife illustrator inspector instructor interpreter investor "
    "janitor jeweller jeweler joiner journalist judge laborer labourer landlord landscaper lawyer lecturer librarian "
    "linguist locksmith machinist magician manager marketer mathematician mechanic medic merchant meteorologist "
    "midwife miner model musician nanny neurologist novelist nurse nutritionist officer operator optician optometrist "
    "painter paralegal paramedic pastor pathologist pediatrician paediatrician pharmacist philosopher photographer "
    "physicist physician physio physiotherapist pianist pilot planner plumber podcaster poet policeman policewoman "
    "politician postdoc postman potter principal producer professor programmer psychiatrist psychologist publisher "
    "radiographer radiologist realtor receptionist recruiter reporter researcher roofer sailor self-employed "
    "salesman salesperson "
    "saleswoman scientist screenwriter sculptor secretary seamstress singer sociologist soldier solicitor specialist "
    "statistician steward stockbroker streamer student stylist supervisor surgeon surveyor tailor teacher technician "
    "tester therapist toxicologist trader trainer translator tutor undergraduate undertaker vet veterinarian "
    "videographer waiter waitress weaver welder writer youtuber zoologist retired retiree pensioner unemployed"
)

PEOPLE = (
    "wife|husband|spouse|partner|girlfriend|boyfriend|fianc[eé]e?|kids?|children|child|son|sons|daughters?|toddlers?|"
    "baby|babies|teen(?:ager)?s?|grandchildren|grandkids|grandson|granddaughter|family|parents?|in-laws|mother|father|"
    "mum|mom|mam|dad|brothers?|sisters?|siblings?|niece|nephew|nieces|nephews|cousins?|grandparents?|grandmother|"
    "grandma|grandfather|grandad|grandpa|friends?|best friend|mates?|buddies|buddy|flatmates?|roommates?|housemates?|"
    "aunts?|uncles?|nan|granny|colleagues?|co-?workers?|guests?|team|class|students|dog|cat|date|significant other|"
    "little one|little ones|"
    "adults?|people|persons?|others|relatives|boys?|girls?"
)
ALONE = (
    r"by myself|on my own|alone|just me(?! and)|only me(?! and)|just myself|for myself(?! and)|myself only|only "
    r"myself|solo|for one(?= "
    r"person|$|[,.!:])|just one(?= person|$|[,.!:])"
)

LEVELS = (
    "beginner|novice|newbie|amateur|intermediate|advanced|expert|experienced|inexperienced|professional|proficient|"
    "competent|average|basic|decent|skilled|unskilled|above average|below average|confident|comfortable|capable|"
    "fluent|rusty|hobbyist|self-taught"
)

NUMBER = r"\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|" \
    r"forty[- ]five|fifty|sixty|ninety|half an?|half|a couple(?: of)?|a few|several|a good|a whole|a full"
DURATION = (
    r"(?:(?:about|around|roughly|approximately|maybe|under|less than|at least|at most|up to|within|max(?:imum)?|"
    r"no more than|over|more than|only|just|a little (?:over|under|less than)|a bit (?:over|under)|no longer than) )*"
    rf"\b(?:{NUMBER})(?:(?: ?(?:minutes?|mins?|hours?|hrs?))? ?(?:-|\u2013|to|or) ?(?:{NUMBER}))? ?-?"
    r"(?:and a half )?(?:minutes?|mins?|min|hours?|hrs?|hr|h|days?|"
    r"weeks?|weekends?|evenings?|afternoons?|mornings?)(?: and a half)?\b(?: (?:max(?:imum)?|tops|or less|or so|at "
    r"most))?"
)

DIETS = (
    "vegan|vegetarian|veggie|pescatarian|pescetarian|flexitarian|omnivore|carnivore|plant[- ]based|halal|kosher|jain|"
    "keto|ketogenic|paleo|raw|whole30|low[- ]carb|low[- ]fat|low[- ]sodium|low[- ]salt|low[- ]sugar|low[- ]fodmap|"
    "fodmap|gluten[- ]free|dairy[- ]free|lactose[- ]free|sugar[- ]free|nut[- ]free|egg[- ]free|soy[- ]free|"
    "mediterranean|diabetic|coeliac|celiac|fruitarian|macrobiotic|teetotal|sober|high[- ]protein|high[- ]fibre|"
    "high[- ]fiber|intermittent fasting|fasting|atkins|dash"
)

_SPENT = (
    r"(?:cook|mak|prepar|prep|bak|eat|watch|read|train|exercis|play|practi[sc]|study|work|relax|travel|shop|enjoy)\w*"
)
_OF_DAY = r"(?:morning|afternoon|evening|day|week|weekend|night)s?"
SPENT = (
    rf"(?: (?:in )?total)?(?: (?:free|spare|to spare))?(?: (?:to|for|of) (?:the )?{_SPENT}(?:(?:,|,? and|,? or) "
    rf"{_SPENT}){{0,2}}(?: (?:it|food|dinner|lunch|breakfast|(?:the|a|my) (?:meal|dish|recipe|food)))?)?(?: (?:"
    rf"today|tonight|tomorrow|(?:this|in the|each|every|(?:on |at |during )?(?:the )?) ?{_OF_DAY}|(?:a|per) "
    r"(?:day|week)))?"
)
"""What a time is for, and when: "to cook and eat", "free this evening"."""

# Words without meaning of their own at the left and right end of a value: what remains reads as the thing itself.
LEAD = word_set(
    "a an the some any my our to of for that which is are be it's its this about just really very quite so too also "
    "only maybe perhaps probably mostly mainly usually generally typically particularly especially either both all "
    "sort kind type types kinds sorts things thing stuff something anything everything lot lots bit little fairly "
    "pretty rather actually basically well and or but with like as in on at by having eating cooking making watching "
    "doing getting trying using going seeing reading eat cook make watch do get try use go see read have be find "
    "listen play playing listening drink drinking visit visiting prepare preparing i'm i i'd i'll i've we we're we'd "
    "it if could can would where you me us lots such plenty enough more much many most bake baking take taking include "
    "including involving involves includes explore exploring has had uses contains includes looks sounds seems recipe "
    "recipes good great nice lovely another other few couple always idea concept fact taste sound look feel there how "
    "will would should please yes yeah no-one preferably ideally possibly from still"
)
TRAIL = word_set(
    "please thanks thank you too also though really much lot lots well now today tonight etc and or but with so as is "
    "are for to of in on at the a an that which it them this these those actually especially mostly mainly usually "
    "generally very just anyway though maybe perhaps probably all either both way day moment most best sometimes often "
    "already then there here i me my we be being if when because like etcetera definitely overall basically right "
    "something anything things stuff kind sort type possible ever more than any some was were do does did has have "
    "would could can will should immensely greatly lol haha tho instead first option options ideally bit from about "
    "recommendation recommendations suggestion suggestions regularly occasionally frequently recently nowadays"
)
# A value made of these alone says nothing.
EMPTY = LEAD | TRAIL | word_set(
    "suggestion suggestions recommendation recommendations idea ideas option options choice choices answer answers "
    "question questions help advice inspiration way ways part look looks sound sounds yes no none not nope ok okay "
    "sure fine cool perfect wonderful amazing awesome excellent delicious tasty hi hello hey bye goodbye welcome "
    "reason reasons specific specifically preference preferences one two ones everything nothing nobody someone anyone "
    "what who where when why how he she they his her their him us dont don't doesn't didn't isn't think know guess say "
    "said see want need needs wants love likes liked loved enjoy enjoyed prefer same different interested interesting "
    "looking forward sorry problem problems issue issues time again back information details detail hand last previous "
    "above link site website url page chat conversation experience tip tips cheers next effort efforts appreciated "
    "appreciate bunch man guy guys lately main send sent plenty asking regularly occasionally enough unfortunately "
    "fortunately firstly secondly lastly finally hopefully previously exactly super excited honestly honest almost "
    "earlier least foremost depending particular sometimes whatsoever together somewhat completely totally happy yummy "
    "else hm hmm ooh aah eh yeah home week weekday weekend night evening morning tomorrow"
)

# Words that follow "call me" or "I'm" and are no name.
NO_NAME = word_set(
    "system assistant developer user admin root a an the my your when if later back crazy maybe old at on in tomorrow "
    "today tonight out for by so it this that what whatever anything something sir not is here there fine good ok okay "
    "sorry happy sad tired new looking trying vegan vegetarian american british indian just still also very as and or "
    "names soon once anytime"
)

# Asked for but not tastes: "no special occasion", "no preference" say that nothing is known, not that it is avoided.
ABSTRACT = word_set(
    "occasion occasions preference preferences requirement requirements restriction restrictions allergy allergies "
    "goal goals reason reasons idea ideas problem problems worry worries limit limits rush hurry need needs plan plans "
    "budget time question questions thanks clue doubt issue issues one difference matter specifics particular specific "
    "kids choice skill skills experience expectations thank way wonder longer more changes change favourite favourites "
    "favorite favorites limitations limitation constraints constraint intolerances intolerance theme concerns concern "
    "mood genre genres cuisine cuisines diet diets likes dislikes aversions aversion else"
)
# What is asked for by itself tells nothing about taste; with a word before it, it does ("horror movies").
PLAIN_WANTS = word_set(
    "recipe recipes movie movies film films dish dishes meal meals food dinner lunch breakfast brunch supper snack "
    "book books song songs music game games place places restaurant restaurants show shows series something watch cook "
    "cooking tonight evening morning weekend day week month year time main course inspiration ingredient ingredients "
    "else same before new different alone night tomorrow suggestion suggestions recommendation recommendations idea "
    "ideas solution option options home"
)
