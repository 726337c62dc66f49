/**
 * Words that name the same thing in names of columns, in the languages in which schemas are written. The first one of a line
 * is what the others are read as. Without accents, in the singular: see `names.ts`.
 */
const CONCEPTS = `
id no nr num number code key ref identifier kennung nummer numero numer identifiant codigo codice
email mail mailadresse courriel correo epost poczta
phone tel telephone mobile cell handy telefon telefono telefone telefoon fon portable movil
name nom nombre nome naam nazwa bezeichnung label
first vor given prenom voornaam imie
last nach family surname sur apellido cognome achternaam nazwisko
title titel titre titulo titolo tytul headline subject betreff
description desc beschreibung descripcion descrizione omschrijving opis statement summary text
note remark comment bemerkung notiz kommentar commentaire nota notas observacion uwaga notatka
city town ort stadt ville ciudad citta cidade plaats stad miasto miejscowosc
zip postcode postal plz postleitzahl cp cap kod
street strasse rue calle via rua straat ulica address adresse direccion indirizzo adres addr
country land pays pais paese kraj nation
state status zustand etat estado stato stan
region province bundesland provincia county
price preis prix precio prezzo preco prijs cena cost kosten cout coste
revenue umsatz turnover sales ventas ingresos fatturato
salutation anrede civilite tratamiento aanhef
author autor auteur autore writer schriftsteller
page seite pagina pages paginas
published publication publicacion veroeffentlicht erschienen publie pubblicato
available disponible verfuegbar verfugbar disponibile beschikbaar
unit einheit unite unidad measure eenheid jednostka
username login handle nick nickname benutzername
amount betrag montant importe importo valor bedrag kwota sum total summe
quantity qty menge quantite cantidad quantita aantal ilosc stock bestand existencias
count anzahl anz
date datum fecha data
birth geburt naissance nacimiento nascita born dob birthday birthdate geburtsdatum geburtstag
gender sex geschlecht sexe sexo sesso
company firm firma entreprise empresa azienda bedrijf organisation organization org
tenant mandant workspace
language lang sprache langue idioma lingua taal jezyk locale
currency waehrung wahrung devise moneda valuta waluta
category kategorie categorie categoria kategoria kind type typ art tipo
weight gewicht poids peso
height hoehe hohe hauteur altura altezza
width breite largeur ancho larghezza
active aktiv actif activo attivo enabled
deleted geloescht geloscht removed
created erstellt angelegt cree creado creato criado aangemaakt utworzono utworzenia inserted added imported registered signup entered alta creacion creation
updated geaendert geandert modifie modificado modificato changed modified edited touched zmieniono aktualisiert actualizado actualise aggiornato atualizado bijgewerkt gewijzigd aktualizacji modification modificacion
score rating punkte note bewertung loyalty points rank
user benutzer utilisateur usuario utente
customer kunde client cliente klant klient person people persona personne contact kontakt member
product produkt produit producto prodotto article artikel articulo articolo item ware
supplier lieferant fournisseur proveedor fornitore vendor
tax vat ust steuer tva iva nip siret cif
url link website homepage web
`;

/** What says how a thing is, and never which one it is. */
export const PROPERTIES: ReadonlySet<string> = new Set(
  'name first last title description note city zip street country region state price amount revenue salutation author page published available unit quantity count date birth gender language currency category weight height width active deleted created updated score'.split(
    ' ',
  ),
);

/** Who gives out numbers of his own. */
export const TENANTS: ReadonlySet<string> = new Set(
  'tenant company account shop store site branch client customer school clinic project team'.split(' '),
);

/** Endings of a word that join it to another one in some languages: `Geburtsdatum`, `Kundennummer`. */
const HEADS = ['nummer', 'datum', 'name', 'adresse', 'preis', 'bezeichnung', 'menge'];

/** What says nothing about what a column holds. */
export const NOISE: ReadonlySet<string> = new Set(
  'the of a an my our is has at on by in de la le du der die das and und list value val str txt fld col field data info current full main primary default source raw utc'.split(
    ' ',
  ),
);

const BY_WORD = new Map<string, string>();
for (const line of CONCEPTS.trim().split('\n')) {
  const [first = '', ...others] = line.split(' ');
  for (const word of [first, ...others]) if (!BY_WORD.has(word)) BY_WORD.set(word, first);
}

/** What a word of a name is read as: one word or, where it is put together of two, both. */
export function conceptsOf(word: string): readonly string[] {
  const known = BY_WORD.get(word) ?? BY_WORD.get(singular(word));
  if (known !== undefined) return [known];
  for (const head of HEADS)
    if (word.length > head.length + 2 && word.endsWith(head)) {
      const rest = word.slice(0, -head.length).replace(/s$|en$/, '');
      return [...conceptsOf(rest), ...conceptsOf(head)];
    }
  return [singular(word)];
}

function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=ch|sh|x|z)es$/, '')
    .replace(/s$/, '');
}
