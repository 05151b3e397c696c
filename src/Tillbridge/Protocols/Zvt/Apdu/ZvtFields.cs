using Tillbridge.Wire;
using static Tillbridge.Wire.FieldFormat;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>The fields of ZVT: bitmaps (BMPs) after zvt.md §11 and the objects of container 06 after §10.</summary>
internal static class ZvtFields
{
    public const byte AnswerSeconds = 0x01;
    public const byte MostStatusInformations = 0x02;
    public const byte Service = 0x03;
    public const byte Amount = 0x04;
    public const byte Container = 0x06;
    public const byte Trace = 0x0B;
    public const byte Time = 0x0C;
    public const byte Date = 0x0D;
    public const byte Expiry = 0x0E;
    public const byte CardSequence = 0x17;
    public const byte PaymentType = 0x19;
    public const byte Pan = 0x22;
    public const byte ResultCode = 0x27;
    public const byte TerminalId = 0x29;
    public const byte VuNumber = 0x2A;
    public const byte OriginalTrace = 0x37;
    public const byte Authorisation = 0x3B;
    public const byte AdditionalText = 0x3C;
    public const byte Currency = 0x49;
    public const byte Totals = 0x60;
    public const byte Receipt = 0x87;
    public const byte Turnover = 0x88;
    public const byte CardType = 0x8A;
    public const byte CardName = 0x8B;
    public const byte OperatorCardType = 0x8C;
    public const byte ResultCodeAs = 0xA0;
    public const byte FullDate = 0xAA;

    public const uint TextLine = 0x07;
    public const uint PrintAttribute = 0x09;
    public const uint CharacterSet = 0x14;
    public const uint DisplayTexts = 0x24;
    public const uint PrintTexts = 0x25;
    public const uint PaymentTypes = 0x2F;
    public const uint LongCardType = 0x41;
    public const uint Application = 0x60;
    public const uint ReceiptType = 0x1F07;
    public const uint CardNumberObject = 0x1F09;
    public const uint CardholderVerification = 0x1F10;
    public const uint Technology = 0x1F12;
    public const uint ErrorText = 0x1F17;
    public const uint LongTrace = 0x1F2B;
    public const uint ReceiptInfo = 0x1F37;
    public const uint MerchantReference = 0x1F63;
    public const uint MerchantReferences = 0xE9;

    /// <summary>Every BMP. One that is not here cannot be skipped, because its length is unknown.</summary>
    public static FieldTable Bmps { get; } = new(
    [
        Bmp(AnswerSeconds, "timeout", 1),
        Bmp(MostStatusInformations, "max_status_infos", 1),
        Bmp(Service, "service_byte", 1),
        Bmp(Amount, "amount", 6, FieldFormat.Amount),
        Bmp(0x05, "pump_number", 1),
        new(Container, "tlv", LengthRule.Ber, FieldFormat.Container),
        Bmp(Trace, "trace", 3, Digits),
        Bmp(Time, "time", 3, Digits),
        Bmp(Date, "date_mmdd", 2, Digits),
        Bmp(Expiry, "expiry_yymm", 2, LooseDigits),
        Bmp(CardSequence, "card_seq_no", 2, LooseDigits),
        Bmp(PaymentType, "payment_type_or_status_byte", 1),
        Bmp(Pan, "pan", LengthRule.LlVar, CardDigits, true),
        Bmp(0x23, "track_2", LengthRule.LlVar, Hex, true),
        Bmp(0x24, "track_3", LengthRule.LllVar, Hex, true),
        Bmp(ResultCode, "result_code", 1),
        Bmp(TerminalId, "terminal_id", 4, Digits),
        Bmp(VuNumber, "vu_number", 15, Text),
        Bmp(0x2D, "track_1", LengthRule.LlVar, Hex, true),
        Bmp(0x2E, "chip_data", LengthRule.LllVar, Hex, true),
        Bmp(OriginalTrace, "original_trace", 3, Digits),
        Bmp(0x3A, "cvv", LengthRule.Bytes(2), LooseDigits, true),
        Bmp(Authorisation, "aid_authorisation_attribute", 8, Text),
        Bmp(AdditionalText, "additional_text", LengthRule.LllVar, Text),
        Bmp(0x3D, "password", LengthRule.Bytes(3), Digits, true),
        Bmp(Currency, "currency", 2, Digits),
        Bmp(0x4C, "blocked_goods_groups", LengthRule.LlVar, Hex),
        Bmp(Totals, "single_amounts", LengthRule.LllVar, Hex),
        Bmp(0x70, "image_id", 4),
        Bmp(0x71, "image_size", 4, Number),
        Bmp(0x72, "image_mime_type", 1),
        Bmp(0x73, "image_encoding", 1),
        Bmp(0x74, "image_chunk_count", 1),
        Bmp(0x75, "image_chunk_index", 1),
        Bmp(Receipt, "receipt_no", 2, Digits),
        Bmp(Turnover, "turnover_no", 3, Digits),
        Bmp(CardType, "card_type", 1),
        Bmp(CardName, "card_name", LengthRule.LlVar, Text),
        Bmp(OperatorCardType, "card_type_id_network", 1),
        Bmp(0x92, "evc_data", LengthRule.LllVar, Hex),
        Bmp(0x9A, "geldkarte_record", LengthRule.LllVar, Hex),
        Bmp(ResultCodeAs, "result_code_as", 1),
        Bmp(0xA7, "ef_id", LengthRule.LlVar, Hex, true),
        Bmp(FullDate, "date_yymmdd", 3, Digits),
        Bmp(0xAF, "ef_info", LengthRule.LlVar, Hex, true),
        Bmp(0xBA, "aid_parameter", 5),
        Bmp(0xD0, "pin_algorithm", 1),
        Bmp(0xD1, "pin_offset", LengthRule.LlVar, Hex, true),
        Bmp(0xD2, "output_direction", 1),
        Bmp(0xD3, "dukpt_key", LengthRule.Bytes(1), Hex, true),
        Bmp(0xE0, "min_input_length", 1),
        Bmp(0xE1, "text2_line_1", LengthRule.LlVar, Text),
        Bmp(0xE2, "text2_line_2", LengthRule.LlVar, Text),
        Bmp(0xE3, "text2_line_3", LengthRule.LlVar, Text),
        Bmp(0xE4, "text2_line_4", LengthRule.LlVar, Text),
        Bmp(0xE5, "text2_line_5", LengthRule.LlVar, Text),
        Bmp(0xE6, "text2_line_6", LengthRule.LlVar, Text),
        Bmp(0xE7, "text2_line_7", LengthRule.LlVar, Text),
        Bmp(0xE8, "text2_line_8", LengthRule.LlVar, Text),
        Bmp(0xE9, "max_input_length", 1),
        Bmp(0xEA, "input_echo", 1),
        Bmp(0xEB, "mac", 8),
        Bmp(0xF0, "display_seconds", 1),
        Bmp(0xF1, "text_line_1", LengthRule.LlVar, Text),
        Bmp(0xF2, "text_line_2", LengthRule.LlVar, Text),
        Bmp(0xF3, "text_line_3", LengthRule.LlVar, Text),
        Bmp(0xF4, "text_line_4", LengthRule.LlVar, Text),
        Bmp(0xF5, "text_line_5", LengthRule.LlVar, Text),
        Bmp(0xF6, "text_line_6", LengthRule.LlVar, Text),
        Bmp(0xF7, "text_line_7", LengthRule.LlVar, Text),
        Bmp(0xF8, "text_line_8", LengthRule.LlVar, Text),
        Bmp(0xF9, "beeps", 1),
        Bmp(0xFA, "card_reader", 1),
        Bmp(0xFB, "confirmation", 1),
        Bmp(0xFC, "dialog_control", 1),
        Bmp(0xFD, "display_device", 1),
    ]);

    /// <summary>Objects whose meaning does not depend on what holds them, and the usual meaning of those whose does.</summary>
    public static FieldTable Objects { get; } = new(
    [
        Object(TextLine, "text_line", Text),
        Object(0x08, "receipt_no", Digits),
        Object(PrintAttribute, "print_attribute"),
        Object(0x0A, "command"),
        Object(0x0F, "assignment_no"),
        Object(0x10, "merchant_display", Digits),
        Object(0x11, "customer_display", Digits),
        Object(0x12, "printer_columns", Digits),
        Object(0x13, "extra_result", Text),
        Object(CharacterSet, "character_set"),
        Object(0x15, "language", Text),
        Object(0x1A, "max_apdu", Number),
        Object(0x1B, "diagnosis_type"),
        Object(0x1C, "file_block"),
        Object(0x1D, "file_id"),
        Object(0x1E, "start_position", Number),
        Object(0x20, "fleet", FieldFormat.Container),
        Object(0x21, "allowed_goods"),
        Object(0x22, "blocked_goods"),
        Object(0x23, "open_preauthorisations", FieldFormat.Container),
        Object(DisplayTexts, "display_texts", FieldFormat.Container),
        Object(PrintTexts, "print_texts", FieldFormat.Container),
        Object(0x26, "commands", FieldFormat.Container),
        Object(0x27, "character_sets", FieldFormat.Container),
        Object(0x28, "languages", FieldFormat.Container),
        Object(0x29, "merchant_menu", FieldFormat.Container),
        Object(0x2A, "customer_menu", FieldFormat.Container),
        Object(0x2B, "menu", FieldFormat.Container),
        Object(0x2C, "menu_entry", FieldFormat.Container),
        Object(0x2D, "file", FieldFormat.Container),
        Object(0x2E, "timestamp", FieldFormat.Container),
        Object(PaymentTypes, "payment_type", FieldFormat.Container),
        Object(0x30, "card_list", FieldFormat.Container),
        Object(0x31, "amount_information", FieldFormat.Container),
        Object(0x32, "input", FieldFormat.Container),
        Object(0x34, "terminal_time", FieldFormat.Container),
        Object(0x35, "reboot_time"),
        Object(0x40, "emv_print_configuration"),
        Object(LongCardType, "card_type", Number),
        Object(0x42, "application_label", Text),
        Object(0x43, "application_id"),
        Object(0x44, "preferred_name", Text),
        Object(0x45, "receipt_rule"),
        Object(0x46, "customer_print_data", Text),
        Object(0x47, "merchant_print_data", Text),
        Object(0x48, "priority"),
        Object(0x49, "operator_card_type"),
        Object(0x4A, "product", Text),
        Object(0x4B, "country"),
        Object(0x4C, "card_uid"),
        Object(0x4D, "ef_id"),
        Object(0x4E, "payment_account_reference", Text),
        Object(Application, "application", FieldFormat.Container),
        Object(0x61, "stripe_applications", FieldFormat.Container),
        Object(0x62, "chip_applications", FieldFormat.Container),
        Object(0x63, "prepaid", FieldFormat.Container),
        Object(0x64, "receipt_header", FieldFormat.Container),
        Object(0x65, "receipt_advertisement", FieldFormat.Container),
        Object(0x66, "customer_copy", FieldFormat.Container),
        Object(0x67, "merchant_copy", FieldFormat.Container),
        Object(0x68, "receipt_outcome", FieldFormat.Container),
        Object(0x69, "reference_transaction", FieldFormat.Container),
        Object(0x6A, "invalid_application", FieldFormat.Container),
        Object(0xE1, "bonus", FieldFormat.Container),
        Object(0xE2, "currency_conversion", FieldFormat.Container),
        Object(0xE3, "barcode", FieldFormat.Container),
        Object(0xE4, "device_information", FieldFormat.Container),
        Object(0xE6, "card_types", FieldFormat.Container),
        Object(0xE7, "security_modules", FieldFormat.Container),
        Object(0xE8, "value_added_services", FieldFormat.Container),
        Object(MerchantReferences, "merchant_references", FieldFormat.Container),
        Object(0x1F00, "file_size", Number),
        Object(0x1F01, "receipt_id"),
        Object(0x1F02, "first_number"),
        Object(0x1F03, "last_number"),
        Object(0x1F04, "receipt_parameter"),
        Object(0x1F05, "transaction_parameter"),
        Object(0x1F06, "reservation_parameter"),
        Object(ReceiptType, "receipt_type"),
        // [inferred] An Ingenico log carries a masked card number here.
        Object(CardNumberObject, "card_number", CardDigits, true),
        Object(0x1F0E, "date_yyyymmdd", Digits),
        Object(0x1F0F, "time", Digits),
        Object(CardholderVerification, "cardholder_verification"),
        Object(0x1F11, "online"),
        Object(Technology, "technology"),
        Object(0x1F13, "requested_function"),
        Object(0x1F14, "card_identification"),
        Object(0x1F15, "card_reading_control"),
        Object(0x1F16, "extended_error"),
        Object(ErrorText, "extended_error_text", Text),
        Object(0x1F18, "card_notification"),
        Object(0x1F19, "first_card_number", CardDigits, true),
        Object(0x1F1A, "last_card_number", CardDigits, true),
        Object(0x1F1D, "currency_information"),
        Object(0x1F1E, "currency_decimals"),
        Object(0x1F1F, "transaction_id"),
        Object(0x1F20, "object_amount"),
        Object(0x1F21, "iso_currency"),
        Object(0x1F25, "cashback", FieldFormat.Amount),
        Object(0x1F26, "end_of_day_mode"),
        Object(LongTrace, "long_trace", Digits),
        Object(0x1F2E, "barcode_type"),
        Object(0x1F2F, "barcode_value", Text),
        Object(0x1F36, "tip", FieldFormat.Amount),
        Object(ReceiptInfo, "receipt_info"),
        Object(0x1F38, "input_format"),
        Object(0x1F39, "input_parameter"),
        // What a customer or cashier typed may be anything, a number on a card included.
        Object(0x1F3A, "input_value", Hex, true),
        Object(0x1F3B, "tippable"),
        Object(0x1F3F, "balance"),
        Object(0x1F40, "device_name", Text),
        Object(0x1F41, "software_version", Text),
        Object(0x1F42, "serial_number"),
        Object(0x1F43, "device_state"),
        Object(0x1F44, "terminal_id", Digits),
        Object(0x1F45, "answer_to_select"),
        // The talk with a chip can hold track 2 equivalent data.
        Object(0x1F46, "card_apdu", Hex, true),
        Object(0x1F4C, "contactless_card_type"),
        Object(0x1F4D, "contactless_card_subtype"),
        Object(0x1F4F, "atqa"),
        Object(0x1F50, "sak"),
        Object(0x1F55, "locks"),
        Object(0x1F5B, "poll_timeout"),
        // [inferred] An Ingenico log carries the customer's IBAN of a direct debit here.
        Object(0x1F5E, "account_number", Text, true),
        Object(0x1F60, "allowed_technologies"),
        Object(0x1F62, "merchant_reference_type", Text),
        Object(MerchantReference, "merchant_reference", Text),
        Object(0x1F6A, "remaining_amount"),
        Object(0x1F6B, "age_verification_request"),
        Object(0x1F6C, "age_verification_result"),
        Object(0x1F6D, "card_poll_parameter"),
        Object(0x1F6E, "card_finished_status"),
        Object(0x1F70, "partial_approval"),
        Object(0x1F71, "known_tags"),
        Object(0x1F72, "status_enquiry_parameter"),
        Object(0x1F73, "message_sequence_id", Digits),
        Object(0x1F74, "long_password", Hex, true),
        Object(0x1F7A, "file_name", Text),
        Object(0x1F7B, "mime_type", Text),
        Object(0x1F7F, "vendor_private"),
        Object(0x1F8000, "purchase_only"),
        Object(0x1F8001, "ip_address"),
        Object(0x1F8003, "partial_reconciliation"),
        // EMV tags are not ZVT's, but a vendor who lets them through must not reach a log with them.
        Object(0x56, "emv_track_1", Hex, true),
        Object(0x57, "emv_track_2", Hex, true),
        Object(0x5A, "emv_card_number", CardDigits, true),
        Object(0x5F20, "emv_cardholder_name", Hex, true),
        Object(0x9F1F, "emv_track_1_discretionary", Hex, true),
        Object(0x9F20, "emv_track_2_discretionary", Hex, true),
        Object(0x9F6B, "emv_track_2_contactless", Hex, true),
    ]);

    // zvt.md §3: "tags are context dependent". Key: the object around it.
    private static readonly Dictionary<uint, FieldTable> Within = new()
    {
        [0x23] = new([Object(0x08, "open_receipt_no", Digits)]),
        [0x27] = new([Object(CharacterSet, "accepted_character_set")]),
        [0x28] = new([Object(0x15, "accepted_language", Text)]),
        [0x2E] = new([Object(0x1F0E, "date_yyyymmdd", Digits), Object(0x1F0F, "time", Digits)]),
        [0x61] = new([Object(Application, "stripe_application", FieldFormat.Container)]),
        [0x62] = new([Object(Application, "chip_application", FieldFormat.Container)]),
        [0xE1] = new(
        [
            Object(0xC1, "bonus_1"), Object(0xC2, "bonus_2"), Object(0xC3, "bonus_3"), Object(0xC4, "bonus_4"), Object(0xC5, "bonus_5"),
        ]),
    };

    /// <summary>The row of an object; null when nobody knows it.</summary>
    public static FieldRow? FindObject(uint tag, uint? around) =>
        around is { } parent && Within.TryGetValue(parent, out var table) && table.Find(tag) is { } row ? row : Objects.Find(tag);

    private static FieldRow Bmp(byte tag, string name, int size, FieldFormat format = Hex) =>
        new(tag, name, LengthRule.Bytes(size), format);

    private static FieldRow Bmp(byte tag, string name, LengthRule rule, FieldFormat format, bool secret = false) =>
        new(tag, name, rule, format, secret);

    private static FieldRow Object(uint tag, string name, FieldFormat format = Hex, bool secret = false) =>
        new(tag, name, LengthRule.Ber, format, secret);
}
