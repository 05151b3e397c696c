using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtSlipTests
{
    [Theory]
    [InlineData("K-U-N-D-E-N-B-E-L-E-G", "H-Ä-N-D-L-E-R-B-E-L-E-G")]
    [InlineData("Kundenbeleg", "Haendlerbeleg")]
    [InlineData("Beleg für Karteninhaber", "Beleg für Händler")]
    [InlineData("** Copia cliente **", "** Copia esercente **")]
    [InlineData("Kopie pro zákazníka", "Kopie pro obchodníka")]
    [InlineData("Cardholder copy", "MERCHANT RECEIPT")]
    [InlineData("ODCINEK DLA KLIENTA", "ODCINEK DLA SPRZEDAWCY")]
    [InlineData("Kopia dla klienta", "Kopia dla akceptanta")]
    [InlineData("TICKET CLIENT", "TICKET COMMERCANT")]
    [InlineData("Копия клиента", "Копия торговца")]
    public void A_slip_is_whose_it_says_in_its_own_language(string cardholder, string merchant)
    {
        Assert.Equal(ReceiptAudience.Cardholder, ZvtSlipWords.Find(["Laden", "EUR 1,00", cardholder]));
        Assert.Equal(ReceiptAudience.Merchant, ZvtSlipWords.Find(["Laden", "EUR 1,00", merchant]));
    }

    [Theory]
    [InlineData("Kassenschnitt")]
    [InlineData("Unterschrift Kunde")]
    [InlineData("Bitte Beleg aufbewahren")]
    [InlineData("Der Händler gibt den Beleg dem Kunden mit, der ihn lange aufbewahrt")]
    public void Other_lines_name_nobody(string line) => Assert.Null(ZvtSlipWords.Find([line]));

    [Fact]
    public void A_payment_whose_slips_name_nobody_has_one_for_each()
    {
        Receipt first = new(ReceiptAudience.Administration, [new("X"), new("1")]);
        Receipt second = new(ReceiptAudience.Administration, [new("X"), new("2")]);
        var session = Of(RequestKind.Sale, first, second);

        Assert.Equal([first], Slips.Of(session, ReceiptAudience.Merchant));
        Assert.Equal([second], Slips.Of(session, ReceiptAudience.Cardholder));
        Assert.Equal([first, second], Slips.Of(session, ReceiptAudience.Administration));
        Assert.Equal([second], Slips.Of(Of(RequestKind.Sale, second), ReceiptAudience.Cardholder));
        Assert.Empty(Slips.Of(Of(RequestKind.Sale, second), ReceiptAudience.Merchant));
        Assert.Empty(Slips.Of(Of(RequestKind.Reconciliation, first), ReceiptAudience.Cardholder));
    }

    private static Session Of(RequestKind kind, params Receipt[] receipts) =>
        new(new("0123456789abcdef0123456789abcdef"), "till-1", new(kind), DateTimeOffset.UnixEpoch) { Receipts = receipts };
}
