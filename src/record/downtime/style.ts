/** The whole style of downtime pages: small, since each file carries it, and fit for paper. */
export const downtimeCss = `
body{margin:0;font:16px/1.4 arial,sans-serif;color:#212b32;background:#fff}
main{max-width:60rem;margin:0 auto;padding:0 1rem 2rem}
.bar{padding:.5rem 1rem;background:#212b32;color:#fff}
.asat{font-size:1.25rem;font-weight:700}
.made-up{padding:0 .4rem;background:#ffeb3b;color:#212b32}
.tools a{margin-right:1.5rem}
h1{margin:.75rem 0 .25rem;font-size:1.6rem}
h2{margin:1rem 0 .25rem;border-bottom:1px solid #aeb7bd;font-size:1.1rem}
.who{margin:0;padding:.5rem .75rem;border:3px solid #212b32;overflow-wrap:anywhere}
.who dt,.who dd{display:inline;margin:0}
.who dt{color:#4c6272}
.who div{display:inline-block;margin-right:1.25rem}
.allergies{margin:.5rem 0;padding:.4rem .75rem;border-left:8px solid #d5281b;background:#fbeae8;font-size:1.15rem;font-weight:700}
.allergies--none-known{border-color:#007f3b;background:#e6f2eb}
.allergies--unsure{border-color:#aeb7bd;background:#f0f4f5}
.warning,.app-take__warning{padding:.4rem .75rem;border:2px solid #212b32}
ul.app-take__lines{margin:0;padding:0;list-style:none}
.app-take__lines li{margin-bottom:.4rem;break-inside:avoid}
.app-source{color:#4c6272;font-size:.875rem}
table{width:100%;border-collapse:collapse}
th,td{padding:.35rem .5rem .35rem 0;border-bottom:1px solid #d8dde0;text-align:left;vertical-align:top}
input{padding:.4rem;font-size:1rem;border:2px solid #4c6272}
button{padding:.4rem 1rem;font-size:1rem}
a:focus,input:focus,button:focus{outline:4px solid #ffeb3b;background:#ffeb3b;color:#212b32}
@page{margin:12mm;@bottom-right{content:"Page " counter(page) " of " counter(pages);font:9pt arial,sans-serif}}
@media print{body{font-size:9pt}.bar,.tools{display:none}.sheet{break-after:page}.app-take__lines div{display:inline}.app-take__lines li{margin-bottom:2pt}h1{font-size:14pt}h2{font-size:10.5pt;break-after:avoid}.asat{font-size:11pt}}
`.replaceAll('\n', '')
