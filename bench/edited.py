"""Passages, each with a question and with answers to it: wrong ones by the family of what was changed, and right ones.
Written for this purpose; `edits` reads them."""

SETS = """
= Ferry to Sorvik
The ferry to Sorvik leaves the north pier at 7:15 and at 16:40 every day except Sundays. The crossing takes about 50
  minutes and costs 18 kroner per passenger. Bicycles travel free of charge if they are folded. Dogs are not allowed in
  the saloon, but guide dogs are welcome there. The line was founded by Ingrid Dahl and is run by the Moen company.
  Service was suspended in 2016 because the old vessel failed its inspection.
? When does the ferry to Sorvik leave?
number: The ferry to Sorvik leaves the north pier at 7:45 and at 16:40 every day except Sundays.
number: The crossing with the ferry takes about 15 minutes and costs 18 kroner per passenger.
unit: The crossing with the ferry takes about 50 hours and costs 18 kroner per passenger.
unit: The crossing takes about 50 minutes and costs 18 kronor per vehicle.
negation: Dogs are allowed in the saloon of the ferry.
antonym: The ferry to Sorvik leaves the south pier at 7:15 and at 16:40 every day except Sundays.
exception: The ferry to Sorvik leaves the north pier at 7:15 and at 16:40 every day.
exception: Dogs are not allowed in the saloon, and guide dogs are not welcome there.
condition: Bicycles travel free of charge on the ferry.
condition: Bicycles travel free of charge unless they are folded.
agent: The line was founded by the Moen company.
agent: The line is run by Ingrid Dahl.
causality: The old vessel failed its inspection because service was suspended in 2016.
time: Service was suspended until 2016 because the old vessel failed its inspection.
heading: ## Ferries that no longer run\\n\\nThe ferry to Sorvik leaves the pier in the north at 7:15 and at 16:40
  every day except Sundays [1].
right: Every day except Sundays, the ferry to Sorvik leaves the north pier at 7:15 and 16:40.
right: If they are folded, bicycles travel free of charge.
right: In 2016, service was suspended because the old vessel failed its inspection.
right: The line is run by the Moen company and was founded by Ingrid Dahl.
right: If they are folded, bicycles travel on the ferry free of charge.
= Solane sleeping pills
Adults may take one tablet of Solane an hour before bedtime. The pills must not be combined with alcohol. Patients
  with liver disease should ask a doctor before they take Solane. A tablet contains 7.5 mg of zelamine, and no more than
  two tablets may be taken in 24 hours. In a trial with 90 volunteers, Solane was linked to slightly shorter dreams.
  Most patients fall asleep within 30 minutes.
? How is Solane taken?
number: A tablet of Solane contains 75 mg of zelamine, and no more than two tablets may be taken in 24 hours.
number: No more than seven tablets of Solane may be taken in 24 hours.
unit: A tablet of Solane contains 7.5 g of zelamine.
negation: The pills of Solane must be combined with alcohol.
antonym: Adults may take one tablet of Solane an hour after bedtime.
antonym: In a trial with 90 volunteers, Solane was linked to slightly longer dreams.
quantifier: All patients fall asleep within 30 minutes after Solane.
quantifier: Patients fall asleep within 30 minutes.
comparative: More than two tablets of Solane may be taken in 24 hours.
causality: In a trial with 90 volunteers, Solane caused slightly shorter dreams.
condition: Patients with liver disease may take Solane.
scope: Children may take one tablet of Solane an hour before bedtime.
scope: Patients should ask a doctor before they take Solane.
time: Adults may take one tablet of Solane a week before bedtime.
heading: ## Dangerous advice\\n\\nAdults may take one tablet an hour before bedtime, of Solane [1].
right: An hour before bedtime, adults may take one tablet of Solane.
right: Before they take Solane, patients with liver disease should ask a doctor.
right: Within 30 minutes, most patients fall asleep.
right: Solane must not be combined with alcohol, nor may more than two tablets be taken in 24 hours.
right: In 24 hours, no more than two tablets of Solane may be taken.
= Quill database
Quill stores at most 32 tables on the Starter plan and 512 tables on the Team plan. Backups are written every 6 hours
  and are kept for 14 days. Replication is turned off by default; it can be turned on with --replicate. Queries that run
  longer than 90 seconds are cancelled unless the session is marked as batch. Indexes on text columns are experimental.
  Version 5 reads files of version 4, but version 4 cannot read files of version 5.
? What are the limits of Quill?
number: Quill stores at most 512 tables on the Starter plan.
number: Backups of Quill are written every 14 hours and are kept for 6 days.
unit: Backups of Quill are written every 6 minutes and are kept for 14 days.
unit: Queries of Quill that run longer than 90 milliseconds are cancelled unless the session is marked as batch.
negation: Queries of Quill that run longer than 90 seconds are not cancelled unless the session is marked as batch.
antonym: Replication is turned on by default in Quill.
antonym: Replication is turned on by default; it can be turned off with --replicate.
condition: Queries that run longer than 90 seconds are cancelled.
condition: Queries that run longer than 90 seconds are cancelled if the session is marked as batch.
comparative: Queries that run shorter than 90 seconds are cancelled unless the session is marked as batch.
comparative: Quill stores at least 32 tables on the Starter plan and at least 512 tables on the Team plan.
scope: Quill stores at most 32 tables.
scope: Queries on text columns are experimental.
agent: Version 4 reads files of version 5, but version 5 cannot read files of version 4.
quantifier: Quill stores 32 tables on the Starter plan and 512 tables on the Team plan.
right: On the Starter plan, Quill stores at most 32 tables.
right: Unless the session is marked as batch, queries that run longer than 90 seconds are cancelled.
right: By default, replication is turned off.
right: For 14 days, backups of Quill are kept.
right: Every 6 hours backups are written, and they are kept for 14 days.
= Marlow library
Members may borrow up to eight books for 21 days; guests may borrow two books for seven days. Loans can be renewed
  twice, provided that nobody has reserved the book. Maps and newspapers are excluded from loans. A late book costs 20
  pence per day after a grace period of 3 days. The reading room is open from 9:00 to 20:00 on weekdays only. The
  library plans to lend tablets from 2027 on.
? What may be borrowed from the Marlow library?
number: Members of the Marlow library may borrow up to two books for 21 days.
number: Guests may borrow two books for 21 days from the library.
unit: A late book costs 20 pence per week after a grace period of 3 days.
unit: A late book costs 20 pounds per day after a grace period of 3 days.
exception: Maps and newspapers are lent by the library for 21 days.
exception: Maps and newspapers are accepted for loans.
condition: Loans of the library can be renewed twice.
condition: Loans can be renewed twice, provided that somebody has reserved the book.
quantifier: Members must borrow eight books for 21 days.
quantifier: Members may borrow at least eight books for 21 days.
time: The library lends tablets from 2027 on.
time: A late book costs 20 pence per day before a grace period of 3 days.
time: The reading room is closed from 9:00 to 20:00 on weekdays.
scope: The reading room is open from 9:00 to 20:00.
heading: **What the library refuses:**\\n\\nFor 21 days, members may borrow up to eight books [1].
right: For 21 days, members may borrow up to eight books.
right: On weekdays only, the reading room is open from 9:00 to 20:00.
right: Provided that nobody has reserved the book, loans can be renewed twice.
right: For seven days, guests may borrow two books.
right: After a grace period of 3 days, a late book costs 20 pence per day.
= Tarn observatory
The Tarn observatory was planned by Elise Bonnet and financed by Hugo Reyer. It was completed in 1911, two years after
  the road to the summit. The main telescope has a mirror of 1.9 metres and weighs 6 tonnes. Some visitors report that
  the dome hums at night. The older telescope is smaller than the main telescope, yet it gathers data faster. Lightning
  destroyed the archive in 1938.
? What is known of the Tarn observatory?
number: The main telescope of the Tarn observatory has a mirror of 19 metres and weighs 6 tonnes.
unit: The main telescope of the Tarn observatory has a mirror of 1.9 feet and weighs 6 tonnes.
unit: The main telescope has a mirror of 1.9 and weighs 6 kilograms.
agent: The Tarn observatory was planned by Hugo Reyer.
agent: The Tarn observatory was financed by Elise Bonnet.
agent: Elise Bonnet financed the Tarn observatory.
comparative: The main telescope is smaller than the older telescope, yet it gathers data faster.
comparative: The older telescope is larger than the main telescope, yet it gathers data faster.
time: The Tarn observatory was completed in 1911, two years before the road to the summit.
time: The Tarn observatory was completed in 1938.
causality: Lightning destroyed the archive in 1938 because the dome hums at night.
quantifier: The dome of the Tarn observatory hums at night.
scope: Lightning destroyed the Tarn observatory in 1938.
antonym: The older telescope is smaller than the main telescope, yet it gathers data slower.
heading: ## Rumours that were disproved\\n\\nIn 1938, lightning destroyed the archive [1].
right: In 1938, lightning destroyed the archive.
right: Planned by Elise Bonnet, the Tarn observatory was financed by Hugo Reyer.
right: The main telescope weighs 6 tonnes and has a mirror of 1.9 metres.
right: Elise Bonnet planned the Tarn observatory.
right: The archive was destroyed by lightning in 1938.
= Orbis card
The Orbis card has no annual fee in the first year and costs 48 euros a year afterwards. Cash withdrawals are free
  abroad, whereas withdrawals at home cost 2 percent. Purchases above 300 euros need a code that is sent to the phone.
  The card is issued by Banco Terra and insured by Helm. Students under 26 pay half of the fee. Lost cards are replaced
  within four working days.
? What does the Orbis card cost?
number: The Orbis card has no annual fee in the first year and costs 84 euros a year afterwards.
unit: The Orbis card has no annual fee in the first year and costs 48 euros a month afterwards.
unit: Lost cards of Orbis are replaced within four working weeks.
unit: The Orbis card costs 48 dollars a year afterwards and has no annual fee in the first year.
negation: The Orbis card has an annual fee in the first year and costs 48 euros a year afterwards.
antonym: Cash withdrawals cost 2 percent abroad, whereas withdrawals at home are free.
scope: Cash withdrawals with the Orbis card are free.
scope: Purchases need a code that is sent to the phone.
scope: Students pay half of the fee of the Orbis card.
comparative: Purchases below 300 euros need a code that is sent to the phone.
comparative: Students over 26 pay half of the fee.
agent: The Orbis card is issued by Helm and insured by Banco Terra.
agent: The card is issued by Helm.
time: The Orbis card has no annual fee and costs 48 euros a year.
causality: Lost cards are replaced because purchases above 300 euros need a code.
right: Abroad, cash withdrawals are free.
right: Within four working days, lost cards are replaced.
right: Half of the fee is what students under 26 pay.
right: Insured by Helm, the card is issued by Banco Terra.
right: Afterwards the Orbis card costs 48 euros a year, but in the first year it has no annual fee.
= Brook trout farm
The farm raises mainly brook trout; salmon make up 12 percent of its stock. Fish are fed twice a day from April to
  October and once a day in winter. Water temperature must stay below 16 degrees, otherwise the fish stop eating. The
  harvest fell to 40 tonnes in 2019 after a drought and has since risen to roughly 65 tonnes. Otters may enter the outer
  ponds, but the inner ponds are fenced. A vet inspects the ponds at least every 8 weeks.
? What does the brook trout farm do?
number: The harvest of the farm fell to 65 tonnes in 2019 after a drought.
number: Fish are fed three times a day from April to October and once a day in winter.
unit: The harvest fell to 40 kilos in 2019 after a drought.
negation: The inner ponds of the farm are not fenced.
antonym: Water temperature must stay above 16 degrees, otherwise the fish stop eating.
antonym: The harvest rose to 40 tonnes in 2019 after a drought.
exception: The farm raises brook trout.
exception: Otters may enter the outer ponds and the inner ponds.
condition: Water temperature may stay below 16 degrees.
quantifier: A vet inspects the ponds every 8 weeks.
quantifier: A vet inspects the ponds at most every 8 weeks.
comparative: The harvest has since risen to more than 65 tonnes.
causality: A drought followed because the harvest fell to 40 tonnes in 2019.
time: Fish are fed twice a day in winter and once a day from April to October.
scope: Otters enter the inner ponds.
right: From April to October, fish are fed twice a day.
right: At least every 8 weeks, a vet inspects the ponds.
right: After a drought, the harvest fell to 40 tonnes in 2019.
right: Salmon make up 12 percent of the stock of the farm.
right: To roughly 65 tonnes the harvest has since risen.
= Neva tower rules
Residents must register visitors who stay longer than three nights. Smoking is banned on all balconies. Tenants may
  keep cats, excluding breeding animals, with the written consent of the owner. The gym is reserved for residents
  between 6:00 and 9:00. Rent rises by up to 3 percent a year until 2030. Parcels that nobody collects are returned to
  the sender after ten days. The heating is not yet connected to the district grid.
? What are the rules of the Neva tower?
number: Residents of the Neva tower must register visitors who stay longer than ten nights.
unit: Parcels that nobody collects are returned to the sender after ten weeks.
negation: Smoking is not banned on balconies of the Neva tower.
negation: The heating of the Neva tower is connected to the district grid.
antonym: Smoking is allowed on all balconies of the Neva tower.
exception: Tenants may keep cats, with the written consent of the owner.
exception: Tenants may keep cats, including breeding animals, with the written consent of the owner.
condition: Tenants may keep cats, excluding breeding animals.
quantifier: Rent rises by at least 3 percent a year until 2030.
quantifier: Rent rises by 3 percent a year until 2030.
comparative: Residents must register visitors who stay shorter than three nights.
scope: Residents must register visitors.
time: Rent rises by up to 3 percent a year from 2030 on.
time: Rent rises by up to 3 percent a year.
heading: ## Repealed\\n\\nBetween 6:00 and 9:00, the gym is reserved for residents [1].
right: On all balconies, smoking is banned.
right: Until 2030, rent rises by up to 3 percent a year.
right: After ten days, parcels that nobody collects are returned to the sender.
right: Between 6:00 and 9:00, the gym is reserved for residents.
right: Visitors who stay longer than three nights must be registered by residents.
"""
