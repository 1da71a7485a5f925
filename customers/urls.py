"""Routes of the customers room; registration, list and page are composed on the roof."""

from django.urls import path

from customers.api import conflicts as sides
from customers.api import contacts as people
from customers.api import customers, domains
from customers.api import keeping as kept
from customers.views import conflicts, contacts, identity, keeping, merging
from customers.wire import resources

app_name = "customers"
urlpatterns = [
    path("customers/alike/", merging.alike, name="alike"),
    path("customers/<uuid:public_id>/merge/", merging.merge, name="merge"),
    path("merges/<uuid:public_id>/undo/", merging.unmerge, name="unmerge"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/own/", conflicts.own_conflicts, name="own_conflicts"),
    path("conflicts/own/<uuid:public_id>/", conflicts.own_conflict, name="own_conflict"),
    path("conflicts/<uuid:public_id>/", conflicts.conflict, name="conflict"),
    path("customers/<uuid:public_id>/correct/", identity.correct, name="correct"),
    path("customers/<uuid:public_id>/archive/", identity.archive, name="archive"),
    path("customers/<uuid:public_id>/restore/", identity.restore, name="restore"),
    path("customers/<uuid:public_id>/contacts/", contacts.contacts, name="contacts"),
    path("customers/<uuid:public_id>/contacts/new/", contacts.contact_add, name="contact_add"),
    path("contacts/<uuid:public_id>/", contacts.contact_correct, name="contact_correct"),
    path("contacts/<uuid:public_id>/remove/", contacts.contact_remove, name="contact_remove"),
    path("customers/<uuid:public_id>/tags/", keeping.tags, name="tags"),
    path("customers/<uuid:public_id>/vetting/", keeping.vetting, name="vetting"),
    path("customers/<uuid:public_id>/relationship/", keeping.relation_request, name="relation_request"),
    path("relationships/<uuid:public_id>/accept/", keeping.relation_accept, name="relation_accept"),
    path("relationships/<uuid:public_id>/withdraw/", keeping.relation_withdraw, name="relation_withdraw"),
]
api_routes = [
    path("customers/", customers.Customers.as_view(), name="customers"),
    path("customers/tag/", kept.TagMany.as_view(), name="tag_customers"),
    path("customers/<uuid:public_id>/", customers.CustomerDetail.as_view(), name="customer"),
    path("customers/<uuid:public_id>/archive/", customers.CustomerArchive.as_view(), name="customer_archive"),
    path("customers/<uuid:public_id>/restore/", customers.CustomerRestore.as_view(), name="customer_restore"),
    path("customers/<uuid:public_id>/vetting/", customers.CustomerVetting.as_view(), name="customer_vetting"),
    path("customers/<uuid:public_id>/tags/", kept.CustomerTags.as_view(), name="customer_tags"),
    path("customers/<uuid:public_id>/merge/", sides.CustomerMerge.as_view(), name="customer_merge"),
    path("domains/", domains.DomainCheck.as_view(), name="domain_check"),
    path("contacts/", people.Contacts.as_view(), name="contacts"),
    path("contacts/<uuid:public_id>/", people.ContactDetail.as_view(), name="contact"),
    path("relationships/", kept.Relations.as_view(), name="relationships"),
    path("relationships/<uuid:public_id>/", kept.RelationDetail.as_view(), name="relationship"),
    path("relationships/<uuid:public_id>/accept/", kept.RelationAccept.as_view(), name="relationship_accept"),
    path("relationships/<uuid:public_id>/withdraw/", kept.RelationWithdraw.as_view(), name="relationship_withdraw"),
    path("conflicts/", sides.Conflicts.as_view(), name="conflicts"),
    path("conflicts/<uuid:public_id>/", sides.ConflictDetail.as_view(), name="conflict"),
    path("conflicts/<uuid:public_id>/appeal/", sides.ConflictAppeal.as_view(), name="conflict_appeal"),
    path("merges/", sides.Merges.as_view(), name="merges"),
    path("merges/<uuid:public_id>/", sides.MergeDetail.as_view(), name="merge"),
    path("merges/<uuid:public_id>/undo/", sides.MergeUndo.as_view(), name="merge_undo"),
]
wire_routes = [
    path("customers", resources.Customers.as_view(), name="customers"),
    path("customers/<guid:tenant>", resources.CustomerDetail.as_view(), name="customer"),
    path("customers/<guid:tenant>/profiles/company", resources.CompanyProfile.as_view(), name="company_profile"),
    path("customers/<guid:tenant>/profiles/billing", resources.BillingProfile.as_view(), name="billing_profile"),
    path("domains/<str:domain>", resources.Domain.as_view(), name="domain"),
    path("validations/address", resources.AddressCheck.as_view(), name="address_check"),
]
