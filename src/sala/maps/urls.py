from django.urls import path

from sala.maps.views import explorer, layers, theme_maps, tiles

app_name = "maps"
urlpatterns = [
    path("tiles/<slug:code>/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="tile"),
    path("tiles/<slug:code>/<int:z>/<int:x>/<int:y>.png", tiles.picture_tile, name="picture_tile"),
    path("tiles/<slug:code>/<slug:digest>.pmtiles", tiles.archive, name="archive"),
    path("map/", explorer.explorer, name="explorer"),
    path("map/in-view/", explorer.in_view, name="in_view"),
    path("map/maps/", theme_maps.index, name="theme_maps"),
    path("map/maps/new/", theme_maps.new, name="new_theme_map"),
    path("map/maps/<slug:code>/edit/", theme_maps.change, name="change_theme_map"),
    path("map/maps/<slug:code>/layers/", theme_maps.arrange, name="arrange"),
    path("map/maps/<slug:code>/publish/", theme_maps.publish, name="publish_theme_map"),
    path("map/maps/<slug:code>/withdraw/", theme_maps.withdraw, name="withdraw_theme_map"),
    path("map/layers/", layers.index, name="layers"),
    path("map/layers/new/", layers.new, name="new_layer"),
    path("map/layers/<slug:code>/", layers.layer, name="layer"),
    path("map/layers/<slug:code>/edit/", layers.change, name="change_layer"),
    path("map/layers/<slug:code>/style/", layers.style, name="style"),
    path("map/layers/<slug:code>/features/<int:number>/", layers.feature, name="feature"),
    path("map/layers/<slug:code>/take/<str:kind>/", layers.take, name="take"),
    path("map/<slug:code>/", explorer.theme_map, name="theme_map"),
]
