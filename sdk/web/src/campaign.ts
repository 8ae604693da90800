/**
 * What the link that was followed says of the campaign: utm_ parameters and click ids, which are known by the form of
 * their names (gclid, msclkid, fbclid, gbraid …). The collector reads them from the page's address, so there is one reader.
 */
export const arrival = (): string => `${location.search.match(/\b(utm_|\w*clk?id=|.braid=)[^&]*/gi) || ''}`;
