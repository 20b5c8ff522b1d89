//! For tests: the schema of a shape, and that the committed one says the same.

use schemars::JsonSchema;
use serde_json::Value;

/// The schema of what is written as `T`, under its address.
pub(super) fn text_of<T: JsonSchema>(address: &str) -> String {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut schema = generator.root_schema_for::<T>();
    schema.insert("$id".to_owned(), address.into());
    format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
}

/// Holds JSON against it.
pub(super) fn validator<T: JsonSchema>(address: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&text_of::<T>(address)).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Fails where the committed schema, which is named by the end of its address, is another one; with `LEAKREACH_BLESS` it
/// is written first.
pub(super) fn assert_committed<T: JsonSchema>(address: &str) {
    let name = address.rsplit('/').next().unwrap();
    let path = format!("{}/docs/schema/{name}", env!("CARGO_MANIFEST_DIR"));
    let schema = text_of::<T>(address);
    if std::env::var_os("LEAKREACH_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == schema,
        "run the test with LEAKREACH_BLESS=1 and commit {path}"
    );
}
