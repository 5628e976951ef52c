import * as z from 'zod';

// What is checked is read once: a parser made for it would cost more than it saves.
z.config({ jitless: true });

export * from 'zod';
