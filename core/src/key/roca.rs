//! RSA moduli that give away how their primes were made: ROCA (CVE-2017-15361; Nemec and others, "The Return of Coppersmith's
//! Attack", CCS 2017). Chips of one maker took each prime as a power of 65537 modulo the product of the first primes, plus a multiple
//! of that product, which leaves so few that the modulus can be factored.

/// Whether the modulus, big-endian, is a power of 65537 modulo the product of the primes below 168, as the product of two such primes
/// is. Of other moduli, that holds for fewer than one in 2^150.
pub(crate) fn has_fingerprint(modulus: &[u8]) -> bool {
    let mut powers: Vec<Power> = Vec::with_capacity(PRIMES.len());
    PRIMES.iter().all(|prime| {
        let found = Power::of(modulus, *prime);
        found.is_some_and(|power| {
            let fits = powers.iter().all(|other| power.agrees(*other));
            powers.push(power);
            fits
        })
    })
}

/// Which powers of 65537 a number is modulo a prime: those whose exponents leave this rest modulo the order of 65537.
#[derive(Clone, Copy)]
struct Power {
    exponent: u32,
    order: u32,
}

impl Power {
    fn of(modulus: &[u8], prime: u32) -> Option<Self> {
        let rest = modulus
            .iter()
            .fold(0, |rest, octet| modulo(times(rest, 256, prime).wrapping_add(u32::from(*octet)), prime));
        let (mut power, mut exponent, mut order) = (1, None, 0_u32);
        loop {
            if power == rest {
                exponent = Some(order);
            }
            order = order.wrapping_add(1);
            power = times(power, GENERATOR, prime);
            // The powers come round within fewer steps than the prime has units.
            if power == 1 || order >= prime {
                return exponent.map(|exponent| Self { exponent, order });
            }
        }
    }

    /// Whether there is an exponent for both (the Chinese remainder theorem).
    fn agrees(self, other: Self) -> bool {
        let common = common_divisor(self.order, other.order);
        modulo(self.exponent, common) == modulo(other.exponent, common)
    }
}

fn common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { common_divisor(other, modulo(one, other)) }
}

/// Both are below 2^17, and primes below 2^8.
fn times(one: u32, other: u32, prime: u32) -> u32 {
    modulo(modulo(one, prime).wrapping_mul(modulo(other, prime)), prime)
}

fn modulo(number: u32, divisor: u32) -> u32 {
    number.checked_rem(divisor).unwrap_or_default()
}

const GENERATOR: u32 = 65537;

/// The odd primes that divide the product for keys of every length.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

#[cfg(test)]
mod tests {
    use super::has_fingerprint;

    /// A number below 2^32 in the octets of a modulus.
    fn small(number: u32) -> bool {
        has_fingerprint(&number.to_be_bytes())
    }

    #[test]
    fn powers_of_the_generator_are_told_from_all_others() {
        assert!(small(1) && small(65537));
        assert!(has_fingerprint(&[1, 0, 2, 0, 1]), "the square of 65537");
        let found: Vec<u32> = (0..100_000).filter(|number| small(*number)).collect();
        assert_eq!(found, [1, 65537]);
    }
}
