//! Columns while they grow.

use crate::arrow::{ArrowArray, Buffer, exported};

/// The column of a type, value by value.
#[derive(Debug, Default)]
pub(super) struct Build<V> {
    rows: usize,
    nulls: usize,
    validity: Bits,
    values: V,
}

/// Values of a type, one behind the other. A null takes the place of a value, too.
pub(super) trait Values: Default {
    type Value<'a>;

    fn push(&mut self, value: Option<Self::Value<'_>>);
    /// Puts those of another column behind these.
    fn append(&mut self, more: Self);
    /// The buffers behind the validity, and what stands below them.
    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>);
}

impl<V: Values> Build<V> {
    pub(super) fn push(&mut self, value: Option<V::Value<'_>>) {
        self.rows += 1;
        self.nulls += usize::from(value.is_none());
        self.validity.push(value.is_some());
        self.values.push(value);
    }

    pub(super) fn append(&mut self, more: Self) {
        self.rows += more.rows;
        self.nulls += more.nulls;
        self.validity.append(&more.validity);
        self.values.append(more.values);
    }

    pub(super) fn values(&self) -> &V {
        &self.values
    }

    pub(super) fn finish(self) -> ArrowArray {
        let (values, children) = self.values.buffers();
        let validity = if self.nulls == 0 { Buffer::None } else { Buffer::Bytes(self.validity.bytes) };
        let buffers = std::iter::once(validity).chain(values).collect();
        exported(self.rows, self.nulls, buffers, children)
    }
}

/// Bits, the first of them lowest.
#[derive(Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        let (byte, shift) = (self.count / 8, self.count % 8);
        if shift == 0 {
            self.bytes.push(0);
        }
        if let Some(byte) = self.bytes.get_mut(byte) {
            *byte |= u8::from(bit) << shift;
        }
        self.count += 1;
    }

    fn append(&mut self, more: &Self) {
        if self.count.is_multiple_of(8) {
            self.bytes.extend_from_slice(&more.bytes);
            self.count += more.count;
            return;
        }
        for place in 0..more.count {
            self.push(more.bytes.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1));
        }
    }
}

impl Values for Bits {
    type Value<'a> = bool;

    fn push(&mut self, value: Option<bool>) {
        self.push(value.unwrap_or_default());
    }

    fn append(&mut self, more: Self) {
        Self::append(self, &more);
    }

    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>) {
        (vec![Buffer::Bytes(self.bytes)], Vec::new())
    }
}

impl Values for Vec<i64> {
    type Value<'a> = i64;

    fn push(&mut self, value: Option<i64>) {
        Self::push(self, value.unwrap_or_default());
    }

    fn append(&mut self, more: Self) {
        self.extend_from_slice(&more);
    }

    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>) {
        (vec![Buffer::Whole(self)], Vec::new())
    }
}

impl Values for Vec<f64> {
    type Value<'a> = f64;

    fn push(&mut self, value: Option<f64>) {
        Self::push(self, value.unwrap_or_default());
    }

    fn append(&mut self, more: Self) {
        self.extend_from_slice(&more);
    }

    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>) {
        (vec![Buffer::Doubles(self)], Vec::new())
    }
}

/// Where each value ends in what they are pieces of. Offsets of Arrow have 32 bits; `result.rs` ends a column long before.
#[derive(Debug, Default)]
struct Ends(Vec<i32>);

impl Ends {
    fn push(&mut self, end: usize) {
        self.0.push(i32::try_from(end).unwrap_or(i32::MAX));
    }

    fn append(&mut self, more: &Self, behind: usize) {
        let behind = i32::try_from(behind).unwrap_or(i32::MAX);
        self.0.extend(more.0.iter().map(|end| end.saturating_add(behind)));
    }

    fn buffer(self) -> Buffer {
        Buffer::Offsets(std::iter::once(0).chain(self.0).collect())
    }
}

#[derive(Debug, Default)]
pub(super) struct Strings {
    ends: Ends,
    data: Vec<u8>,
}

impl Strings {
    /// The bytes of all texts together.
    pub(super) fn size(&self) -> usize {
        self.data.len()
    }
}

impl Values for Strings {
    type Value<'a> = &'a str;

    fn push(&mut self, value: Option<&str>) {
        self.data.extend_from_slice(value.unwrap_or_default().as_bytes());
        self.ends.push(self.data.len());
    }

    fn append(&mut self, more: Self) {
        self.ends.append(&more.ends, self.data.len());
        self.data.extend_from_slice(&more.data);
    }

    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>) {
        (vec![self.ends.buffer(), Buffer::Bytes(self.data)], Vec::new())
    }
}

/// Lists of texts.
#[derive(Debug, Default)]
pub(super) struct Lists {
    ends: Ends,
    items: Build<Strings>,
}

impl Lists {
    pub(super) fn size(&self) -> usize {
        self.items.values.size()
    }
}

impl Values for Lists {
    type Value<'a> = &'a [std::borrow::Cow<'a, str>];

    fn push(&mut self, value: Option<Self::Value<'_>>) {
        for item in value.unwrap_or_default() {
            self.items.push(Some(item));
        }
        self.ends.push(self.items.rows);
    }

    fn append(&mut self, more: Self) {
        self.ends.append(&more.ends, self.items.rows);
        self.items.append(more.items);
    }

    fn buffers(self) -> (Vec<Buffer>, Vec<ArrowArray>) {
        (vec![self.ends.buffer()], vec![self.items.finish()])
    }
}
