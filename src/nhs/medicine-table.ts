/**
 * Common medicines of the United Kingdom: what each name means, so that brand and generic can stand in one row and a class can be told.
 * Written by hand from general knowledge of the BNF and dm+d; it is no dm+d service and no complete list. A name that is not here is
 * not understood: it joins nothing, and pages say that it could not be compared (hazards H-28, H-29). Brands change: check before use.
 */

/** A family of medicines. */
export type MedicineClass = {
  /** In the plural, as in "allergy to penicillins". */
  readonly name: string
  /** "flucloxacillin is a penicillin" */
  readonly one: string
  /** What people call an allergy to the whole family, folded to lower case. */
  readonly calledAlso: readonly string[]
  /** An allergy to one member is taken as an allergy to all: BNF advice for this family. */
  readonly wholeFamily: boolean
  /** Two of them at once are worth a question. */
  readonly duplicate: boolean
}

const family = (
  name: string,
  one: string,
  more: { readonly calledAlso?: readonly string[]; readonly wholeFamily?: true; readonly single?: false } = {},
): MedicineClass => ({
  name,
  one,
  calledAlso: [name, one.replace(/^an? /, ''), ...(more.calledAlso ?? [])].map((words) => words.toLowerCase()),
  wholeFamily: more.wholeFamily ?? false,
  duplicate: more.single ?? true,
})

/** By the short name that the table uses. */
export const medicineClasses: ReadonlyMap<string, MedicineClass> = new Map(
  Object.entries({
    pen: family('penicillins', 'a penicillin', { wholeFamily: true }),
    ceph: family('cephalosporins', 'a cephalosporin', { wholeFamily: true }),
    carb: family('carbapenems', 'a carbapenem', { wholeFamily: true }),
    macro: family('macrolides', 'a macrolide', { wholeFamily: true }),
    quin: family('quinolones', 'a quinolone', { calledAlso: ['fluoroquinolones'], wholeFamily: true }),
    tetra: family('tetracyclines', 'a tetracycline', { wholeFamily: true }),
    sulfa: family('sulfonamides', 'a sulfonamide', {
      calledAlso: ['sulphonamides', 'sulphonamide', 'sulfa drugs', 'sulfa', 'sulpha'],
      wholeFamily: true,
    }),
    amino: family('aminoglycosides', 'an aminoglycoside', { wholeFamily: true }),
    nsaid: family('NSAIDs', 'an NSAID', {
      calledAlso: ['non-steroidal anti-inflammatory drugs', 'non-steroidal anti-inflammatory drug', 'nsaid'],
      wholeFamily: true,
    }),
    opioid: family('opioids', 'an opioid', { calledAlso: ['opiates', 'opiate'] }),
    ace: family('ACE inhibitors', 'an ACE inhibitor', { wholeFamily: true }),
    arb: family('angiotensin receptor blockers', 'an angiotensin receptor blocker'),
    bb: family('beta-blockers', 'a beta-blocker', { calledAlso: ['beta blockers', 'beta blocker'] }),
    dhp: family('dihydropyridine calcium-channel blockers', 'a dihydropyridine calcium-channel blocker'),
    ccb: family('rate-limiting calcium-channel blockers', 'a rate-limiting calcium-channel blocker'),
    statin: family('statins', 'a statin'),
    thiazide: family('thiazide diuretics', 'a thiazide diuretic', { calledAlso: ['thiazides'] }),
    loop: family('loop diuretics', 'a loop diuretic'),
    ksparing: family('potassium-sparing diuretics', 'a potassium-sparing diuretic'),
    nitrate: family('nitrates', 'a nitrate', { single: false }),
    alpha: family('alpha-blockers', 'an alpha-blocker'),
    anticoag: family('anticoagulants', 'an anticoagulant'),
    antiplatelet: family('antiplatelets', 'an antiplatelet', { single: false }),
    ssri: family('SSRIs', 'an SSRI'),
    snri: family('SNRIs', 'an SNRI'),
    tca: family('tricyclic antidepressants', 'a tricyclic antidepressant'),
    benzo: family('benzodiazepines', 'a benzodiazepine'),
    zdrug: family('z-drugs', 'a z-drug'),
    gaba: family('gabapentinoids', 'a gabapentinoid'),
    antipsychotic: family('antipsychotics', 'an antipsychotic'),
    antiepileptic: family('antiepileptics', 'an antiepileptic', { single: false }),
    ppi: family('proton pump inhibitors', 'a proton pump inhibitor', { calledAlso: ['ppis', 'ppi'] }),
    h2: family('H2-receptor antagonists', 'an H2-receptor antagonist'),
    su: family('sulfonylureas', 'a sulfonylurea'),
    sglt2: family('SGLT2 inhibitors', 'an SGLT2 inhibitor'),
    dpp4: family('DPP-4 inhibitors', 'a DPP-4 inhibitor'),
    glp1: family('GLP-1 receptor agonists', 'a GLP-1 receptor agonist'),
    insulin: family('insulins', 'an insulin', { single: false }),
    bisphos: family('bisphosphonates', 'a bisphosphonate'),
    steroid: family('corticosteroids', 'a corticosteroid'),
    ics: family('inhaled corticosteroids', 'an inhaled corticosteroid'),
    saba: family('short-acting beta2 agonists', 'a short-acting beta2 agonist'),
    laba: family('long-acting beta2 agonists', 'a long-acting beta2 agonist'),
    lama: family('long-acting antimuscarinics', 'a long-acting antimuscarinic'),
    xanthine: family('xanthines', 'a xanthine'),
    antihist: family('antihistamines', 'an antihistamine'),
    triptan: family('triptans', 'a triptan'),
    chol: family('cholinesterase inhibitors', 'a cholinesterase inhibitor'),
    bladder: family('antimuscarinics for the bladder', 'an antimuscarinic for the bladder'),
    azole: family('azole antifungals', 'an azole antifungal'),
  }),
)

/** An allergy to the first asks for care with the second; no proof of harm (BNF, beta-lactams). */
export const crossSensitivity: readonly (readonly [from: string, to: string])[] = [
  ['pen', 'ceph'],
  ['pen', 'carb'],
  ['ceph', 'pen'],
  ['ceph', 'carb'],
]

/**
 * One line a medicine: `name, other name: Brand, Brand | classes`. `name = a + b` is made of several. `!` after the classes: brands
 * are not interchangeable (BNF, MHRA), so that brand and generic are named beside each other and never joined. `*` after a brand says the
 * same of that brand alone: its name does not tell that it is modified-release, gastro-resistant or of another form than the plain medicine.
 */
export const medicineLines = `
amoxicillin: Amoxil | pen
ampicillin | pen
benzylpenicillin: Crystapen | pen
flucloxacillin: Floxapen | pen
phenoxymethylpenicillin, penicillin v | pen
pivmecillinam: Selexid | pen
temocillin: Negaban | pen
co-amoxiclav = amoxicillin + clavulanic acid: Augmentin, Augmentin-Duo
co-fluampicil = flucloxacillin + ampicillin: Magnapen
piperacillin/tazobactam, piperacillin with tazobactam = piperacillin + tazobactam: Tazocin
piperacillin | pen
cefalexin: Keflex, Ceporex | ceph
cefradine | ceph
cefaclor: Distaclor | ceph
cefuroxime: Zinnat, Zinacef | ceph
cefixime: Suprax | ceph
cefotaxime | ceph
ceftriaxone: Rocephin | ceph
ceftazidime: Fortum | ceph
meropenem: Meronem | carb
ertapenem: Invanz | carb
erythromycin: Erymax, Erythroped | macro
clarithromycin: Klaricid* | macro
azithromycin: Zithromax | macro
ciprofloxacin: Ciproxin | quin
levofloxacin: Tavanic | quin
ofloxacin: Tarivid | quin
moxifloxacin: Avelox | quin
doxycycline: Vibramycin, Vibramycin-D | tetra
lymecycline: Tetralysal | tetra
oxytetracycline | tetra
minocycline: Minocin | tetra
sulfamethoxazole | sulfa
sulfadiazine | sulfa
trimethoprim: Monotrim
co-trimoxazole = sulfamethoxazole + trimethoprim: Septrin
gentamicin: Cidomycin | amino
nitrofurantoin: Macrobid*, Macrodantin*
metronidazole: Flagyl
vancomycin: Vancocin
linezolid: Zyvox
clindamycin: Dalacin C
fluconazole: Diflucan | azole
itraconazole: Sporanox | azole
aciclovir: Zovirax
ibuprofen: Brufen, Nurofen, Calprofen, Fenbid* | nsaid
naproxen: Naprosyn, Stirlescent | nsaid
diclofenac: Voltarol*, Diclomax* | nsaid
celecoxib: Celebrex | nsaid
etoricoxib: Arcoxia | nsaid
meloxicam: Mobic | nsaid
indometacin | nsaid
mefenamic acid: Ponstan | nsaid
ketoprofen: Oruvail | nsaid
aspirin, acetylsalicylic acid: Disprin*, Nu-Seals*, Caprin* | nsaid antiplatelet
paracetamol: Panadol, Calpol, Perfalgan
codeine | opioid
dihydrocodeine: DF118, DHC Continus* | opioid
tramadol: Zydol, Zamadol*, Maxitram* | opioid
morphine: Oramorph, Sevredol, MST Continus*, Zomorph*, Morphgesic* | opioid
oxycodone: OxyContin*, OxyNorm, Longtec*, Shortec | opioid
fentanyl: Durogesic, Matrifen, Mezolar, Abstral | opioid !
buprenorphine: BuTrans, Temgesic, Transtec, Butec, Sevodyne | opioid !
methadone: Physeptone | opioid
co-codamol = codeine + paracetamol: Solpadol, Kapake, Zapain, Tylex
co-dydramol = dihydrocodeine + paracetamol: Remedeine
ramipril: Tritace | ace
lisinopril: Zestril | ace
enalapril: Innovace | ace
perindopril: Coversyl | ace
captopril: Capoten | ace
losartan: Cozaar | arb
candesartan: Amias | arb
irbesartan: Aprovel | arb
valsartan: Diovan | arb
olmesartan: Olmetec | arb
sacubitril
sacubitril/valsartan, sacubitril with valsartan = sacubitril + valsartan: Entresto
bisoprolol: Cardicor, Emcor | bb
atenolol: Tenormin | bb
propranolol: Inderal, Inderal-LA*, Bedranol* | bb
metoprolol: Lopresor, Betaloc | bb
carvedilol: Eucardic | bb
nebivolol: Nebilet | bb
sotalol: Sotacor | bb
timolol: Timoptol | bb
amlodipine: Istin | dhp
felodipine: Plendil*, Cardioplen*, Vascalpha* | dhp
lercanidipine: Zanidip | dhp
nifedipine: Adalat, Coracten, Adipine | dhp !
diltiazem: Tildiem, Adizem, Angitil, Slozem, Viazem | ccb !
verapamil: Securon, Half Securon | ccb
atorvastatin: Lipitor | statin
simvastatin: Zocor | statin
rosuvastatin: Crestor | statin
pravastatin: Lipostat | statin
fluvastatin: Lescol | statin
ezetimibe: Ezetrol
bendroflumethiazide: Aprinox, Neo-NaClex | thiazide
indapamide: Natrilix* | thiazide
hydrochlorothiazide | thiazide
furosemide, frusemide: Lasix, Frusol | loop
bumetanide: Burinex | loop
torasemide: Torem | loop
amiloride | ksparing
co-amilofruse = amiloride + furosemide: Frumil
spironolactone: Aldactone | ksparing
eplerenone: Inspra | ksparing
glyceryl trinitrate, gtn: Nitrolingual, Glytrin, Deponit | nitrate
isosorbide mononitrate: Elantan*, Monomax*, Imdur* | nitrate
doxazosin: Cardura | alpha
tamsulosin: Flomaxtra*, Omnic* | alpha
alfuzosin: Xatral* | alpha
finasteride: Proscar
digoxin: Lanoxin
amiodarone: Cordarone
ivabradine: Procoralan
warfarin: Marevan, Coumadin | anticoag
apixaban: Eliquis | anticoag
rivaroxaban: Xarelto | anticoag
edoxaban: Lixiana | anticoag
dabigatran: Pradaxa | anticoag
enoxaparin: Clexane, Inhixa | anticoag
dalteparin: Fragmin | anticoag
tinzaparin: Innohep | anticoag
clopidogrel: Plavix, Grepid | antiplatelet
ticagrelor: Brilique | antiplatelet
prasugrel: Efient | antiplatelet
dipyridamole: Persantin | antiplatelet
sertraline: Lustral | ssri
fluoxetine: Prozac | ssri
citalopram: Cipramil | ssri
escitalopram: Cipralex | ssri
paroxetine: Seroxat | ssri
venlafaxine: Efexor*, Vensir* | snri
duloxetine: Cymbalta, Yentreve | snri
mirtazapine: Zispin
trazodone: Molipaxin
amitriptyline | tca
nortriptyline: Allegron | tca
lofepramine: Lomont | tca
diazepam: Valium | benzo
lorazepam: Ativan | benzo
temazepam | benzo
clonazepam: Rivotril | benzo
zopiclone: Zimovane | zdrug
zolpidem: Stilnoct | zdrug
gabapentin: Neurontin | gaba
pregabalin: Lyrica, Alzain | gaba
olanzapine: Zyprexa | antipsychotic
quetiapine: Seroquel | antipsychotic
risperidone: Risperdal | antipsychotic
aripiprazole: Abilify | antipsychotic
haloperidol: Haldol | antipsychotic
clozapine: Clozaril, Denzapine, Zaponex | antipsychotic !
lithium carbonate: Priadel, Camcolit | !
lithium citrate: Li-Liquid | !
carbamazepine: Tegretol | antiepileptic !
phenytoin: Epanutin | antiepileptic !
phenobarbital | antiepileptic !
sodium valproate: Epilim, Episenta | antiepileptic !
lamotrigine: Lamictal | antiepileptic !
levetiracetam: Keppra | antiepileptic
topiramate: Topamax | antiepileptic !
donepezil: Aricept | chol
rivastigmine: Exelon | chol
galantamine: Reminyl | chol
memantine: Ebixa
co-beneldopa = levodopa + benserazide: Madopar*
co-careldopa = levodopa + carbidopa: Sinemet*
levodopa
omeprazole: Losec* | ppi
lansoprazole: Zoton* | ppi
esomeprazole: Nexium* | ppi
pantoprazole: Protium | ppi
rabeprazole: Pariet | ppi
famotidine | h2
ranitidine: Zantac | h2
metoclopramide: Maxolon
cyclizine: Valoid
domperidone: Motilium
loperamide: Imodium
senna: Senokot
metformin: Glucophage
gliclazide: Diamicron*, Zicron | su
glimepiride: Amaryl | su
empagliflozin: Jardiance | sglt2
dapagliflozin: Forxiga | sglt2
canagliflozin: Invokana | sglt2
sitagliptin: Januvia | dpp4
linagliptin: Trajenta | dpp4
alogliptin: Vipidia | dpp4
semaglutide: Ozempic, Rybelsus, Wegovy | glp1
dulaglutide: Trulicity | glp1
liraglutide: Victoza, Saxenda | glp1
pioglitazone: Actos
insulin glargine: Lantus, Toujeo, Abasaglar, Semglee | insulin !
insulin aspart: NovoRapid, Fiasp, Trurapi | insulin !
insulin lispro: Humalog, Admelog | insulin !
insulin detemir: Levemir | insulin !
insulin degludec: Tresiba | insulin !
levothyroxine, thyroxine: Eltroxin
carbimazole
alendronic acid, alendronate: Fosamax | bisphos
risedronate: Actonel | bisphos
ibandronic acid: Bonviva | bisphos
colecalciferol: Fultium-D3, InVita D3
prednisolone: Deltacortril, Pevanti | steroid
dexamethasone | steroid
hydrocortisone: Plenadren | steroid
methylprednisolone: Medrone, Solu-Medrone | steroid
beclometasone, beclomethasone: Clenil Modulite, Clenil, Qvar, Soprobec, Kelhale | ics !
budesonide: Pulmicort, Budelin* | ics
fluticasone propionate, fluticasone: Flixotide | ics
fluticasone furoate | ics
ciclesonide: Alvesco | ics
salbutamol: Ventolin, Salamol*, Airomir | saba
terbutaline: Bricanyl | saba
salmeterol: Serevent | laba
formoterol: Oxis, Foradil | laba
vilanterol | laba
tiotropium bromide, tiotropium: Spiriva, Braltus | lama !
umeclidinium: Incruse | lama
glycopyrronium: Seebri | lama
ipratropium: Atrovent
beclometasone/formoterol = beclometasone + formoterol: Fostair, Luforbec
budesonide/formoterol = budesonide + formoterol: Symbicort, DuoResp, Fobumix | !
fluticasone/salmeterol = fluticasone propionate + salmeterol: Seretide, AirFluSal, Sirdupla | !
fluticasone furoate/vilanterol = fluticasone furoate + vilanterol: Relvar | !
theophylline: Uniphyllin, Nuelin | xanthine !
aminophylline: Phyllocontin | xanthine !
montelukast: Singulair
carbocisteine: Mucodyne
cetirizine: Zirtek | antihist
loratadine: Clarityn | antihist
fexofenadine: Telfast | antihist
chlorphenamine, chlorpheniramine: Piriton | antihist
promethazine: Phenergan | antihist
sumatriptan: Imigran | triptan
rizatriptan: Maxalt | triptan
allopurinol: Zyloric
febuxostat: Adenuric
colchicine
methotrexate: Maxtrex, Metoject
azathioprine: Imuran
hydroxychloroquine: Plaquenil
sulfasalazine: Salazopyrin
mesalazine: Asacol, Pentasa, Octasa, Salofalk | !
ciclosporin: Neoral, Capimune | !
tacrolimus: Prograf, Advagraf, Adoport | !
mycophenolate mofetil: CellCept
tolterodine: Detrusitol | bladder
oxybutynin: Ditropan, Lyrinel* | bladder
solifenacin: Vesicare | bladder
mirabegron: Betmiga
folic acid
ferrous sulfate, ferrous sulphate
ferrous fumarate: Fersamal, Galfer
macrogol: Movicol, Laxido
lactulose
tranexamic acid: Cyklokapron
`
