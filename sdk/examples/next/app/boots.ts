export const BOOTS = [
  { id: 'hiker-43', name: 'Hiker', price: '129.95', currency: 'EUR' },
  { id: 'walker-43', name: 'Walker', price: '89.95', currency: 'EUR' },
];
