"""Every path of the API, on one page. Below them lies `/api/v1`."""

from api.pipeline import Resource
from resources import accounts, audit, books, copies, holds, keys, loans, posts, returns, users

ROUTES: tuple[tuple[str, type[Resource]], ...] = (
    ("/auth/register", accounts.Registration),
    ("/auth/login", accounts.Login),
    ("/auth/refresh", accounts.Refresh),
    ("/auth/logout", accounts.Logout),
    ("/auth/profile", accounts.Profile),
    ("/auth/password", accounts.Password),
    ("/auth/keys", keys.Keys),
    ("/auth/keys/<id:key_id>", keys.Key),
    ("/users", users.Users),
    ("/users/<id:user_id>", users.User),
    ("/books", books.Books),
    ("/books/<id:book_id>", books.Book),
    ("/books/<id:book_id>/copies", copies.CopiesOfBook),
    ("/copies", copies.Copies),
    ("/copies/<id:copy_id>", copies.Copy),
    ("/posts", posts.Posts),
    ("/posts/<id:post_id>", posts.Post),
    ("/loans", loans.Loans),
    ("/loans/decisions", loans.LoanDecisions),
    ("/loans/<id:loan_id>", loans.Loan),
    ("/loans/<id:loan_id>/explanation", loans.LoanExplanation),
    ("/loans/<id:loan_id>/renewals", loans.LoanRenewals),
    ("/loans/<id:loan_id>/lost", loans.LostLoan),
    ("/loans/<id:loan_id>/claims-returned", loans.ClaimedReturn),
    ("/returns", returns.Returns),
    ("/holds", holds.Holds),
    ("/holds/<id:hold_id>", holds.Hold),
    ("/audit", audit.AuditLog),
)
