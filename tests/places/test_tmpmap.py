import pytest
from tests.places.test_import_shared import *
def test_x(laos):
    from sala.places.maps import svg_map
    from sala.places.models import Area
    from django.utils import translation
    import time
    css=open("/work/main/src/sala/core/static/core/sala.css").read()
    out=[]
    def show(code,lang):
        with translation.override(lang):
            a=Area.objects.select_related("level","parent").get(code=code)
            ch=list(a.children.filter(ended_on=None))
            t=time.time(); s=svg_map(a,ch,lang); print(code,lang,len(s.encode()),"bytes",round(time.time()-t,3)); out.append(s)
    show("LA","lo")
    show("09","lo"); show("0101","en")
    run_import(laos, BOUNDARIES / "lao_adm.gpkg")
    for c,l in (("LA","lo"),("LA","en"),("09","lo"),("18","en"),("0101","lo"),("1801","en"),("01","lo")): show(c,l)
    open("/tmp/maps.html","w").write(f'<html lang="lo"><meta charset="utf-8"><style>{css} .g{{display:grid;grid-template-columns:repeat(5,340px);gap:8px}}</style><div class="g">'+"".join(out)+"</div>")
