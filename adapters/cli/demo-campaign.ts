/** The campaign of `foundry demo`. The world and its people are our own. */
export const DEMO_CAMPAIGN = {
  name: 'The Lanterns of Harrowmere',
  description: `Forty years ago the lake rose overnight and took the lower town of **Harrowmere**. The upper town lived on,
by one rule: the thirty-one lanterns on the shore burn every night, and nobody asks why.

Now lanterns go out, one after the other. The guild of lamplighters has hired four strangers to find out who does it,
because its own people no longer come back.`,
  setting: 'Harrowmere, a lake town in the hill country of Ossel',
  theme: 'What a town owes to those whom it gave up',
  tone: 'Eerie, warm at the hearth',
  system: 'D&D 5e',
  playerCount: 4,
  partyLevel: 4,
};
