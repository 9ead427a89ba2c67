//! Common names of several languages, the most common first. Which a person has follows from their frequencies alone.

/// A language's names, and how its numbers begin.
pub struct Language {
    /// Of a hundred contacts.
    pub share: u64,
    pub first: &'static [&'static str],
    pub last: &'static [&'static str],
    /// Of a hundred people, how many have a family name of the list.
    pub listed: usize,
    /// How evenly these have its names: the larger, the less the first stand out.
    pub evenness: f64,
    /// Beginnings, middles and endings that less common family names are made of; none where the list is all there is. A middle
    /// is the rarer the later it stands.
    pub rare: [&'static [&'static str]; 3],
    pub dial: &'static [&'static str],
    /// Digits behind the beginning.
    pub digits: u32,
}

const LATIN_MIDDLES: &[&str] = &["", "er", "en", "a", "o", "in", "el", "i", "al", "an", "or", "e"];

// A name a line would hide what belongs together.
#[rustfmt::skip]
pub const LANGUAGES: [Language; 11] = [
    Language {
        share: 52,
        first: &[
            "James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David",
            "Elizabeth", "William", "Barbara", "Richard", "Susan", "Joseph", "Jessica", "Thomas", "Karen",
            "Christopher", "Sarah", "Charles", "Lisa", "Daniel", "Nancy", "Matthew", "Sandra", "Anthony",
            "Betty", "Mark", "Ashley", "Donald", "Emily", "Steven", "Kimberly", "Andrew", "Margaret", "Paul",
            "Donna", "Joshua", "Michelle", "Kenneth", "Carol", "Kevin", "Amanda", "Brian", "Melissa",
            "Timothy", "Deborah", "Ronald", "Stephanie", "George", "Rebecca", "Jason", "Sharon", "Edward",
            "Laura", "Jeffrey", "Cynthia", "Ryan", "Dorothy", "Jacob", "Amy", "Gary", "Kathleen", "Nicholas",
            "Angela", "Eric", "Shirley", "Jonathan", "Emma", "Stephen", "Brenda", "Larry", "Pamela", "Justin",
            "Nicole", "Scott", "Anna", "Brandon", "Samantha", "Benjamin", "Katherine", "Samuel", "Christine",
            "Gregory", "Debra", "Alexander", "Rachel", "Patrick", "Carolyn", "Frank", "Janet", "Raymond",
            "Maria", "Jack", "Olivia", "Dennis", "Heather", "Jerry", "Helen", "Tyler", "Catherine", "Aaron",
            "Diane", "Jose", "Julie", "Adam", "Victoria", "Nathan", "Joyce", "Henry", "Lauren", "Zachary",
            "Kelly", "Douglas", "Christina", "Peter", "Ruth", "Kyle", "Joan", "Noah", "Virginia", "Ethan",
            "Judith", "Jeremy", "Evelyn", "Christian", "Hannah", "Walter", "Andrea", "Keith", "Megan",
            "Austin", "Cheryl", "Roger", "Jacqueline", "Terry", "Madison", "Sean", "Teresa", "Gerald",
            "Abigail", "Carl", "Sophia", "Dylan", "Martha", "Harold", "Sara", "Jordan", "Gloria", "Jesse",
            "Janice", "Bryan", "Kathryn", "Lawrence", "Ann", "Arthur", "Isabella", "Gabriel", "Judy", "Bruce",
            "Charlotte", "Logan", "Julia", "Billy", "Grace", "Joe", "Amber", "Alan", "Alice", "Juan", "Jean",
            "Elijah", "Denise", "Willie", "Frances", "Albert", "Danielle", "Wayne", "Marilyn", "Randy",
            "Natalie", "Mason", "Beverly", "Vincent", "Diana", "Liam", "Brittany", "Roy", "Theresa", "Bobby",
            "Kayla", "Caleb", "Alexis", "Bradley", "Doris", "Russell", "Lori", "Lucas", "Tiffany",
        ],
        last: &[
            "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez",
            "Martinez", "Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore",
            "Jackson", "Martin", "Lee", "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez",
            "Lewis", "Robinson", "Walker", "Young", "Allen", "King", "Wright", "Scott", "Torres", "Nguyen",
            "Hill", "Flores", "Green", "Adams", "Nelson", "Baker", "Hall", "Rivera", "Campbell", "Mitchell",
            "Carter", "Roberts", "Gomez", "Phillips", "Evans", "Turner", "Diaz", "Parker", "Cruz", "Edwards",
            "Collins", "Reyes", "Stewart", "Morris", "Morales", "Murphy", "Cook", "Rogers", "Gutierrez",
            "Ortiz", "Morgan", "Cooper", "Peterson", "Bailey", "Reed", "Kelly", "Howard", "Ramos", "Kim",
            "Cox", "Ward", "Richardson", "Watson", "Brooks", "Chavez", "Wood", "James", "Bennett", "Gray",
            "Mendoza", "Ruiz", "Hughes", "Price", "Alvarez", "Castillo", "Sanders", "Patel", "Myers", "Long",
            "Ross", "Foster", "Jimenez", "Powell", "Jenkins", "Perry", "Russell", "Sullivan", "Bell",
            "Coleman", "Butler", "Henderson", "Barnes", "Gonzales", "Fisher", "Vasquez", "Simmons", "Romero",
            "Jordan", "Patterson", "Alexander", "Hamilton", "Graham", "Reynolds", "Griffin", "Wallace",
            "Moreno", "West", "Cole", "Hayes", "Bryant", "Herrera", "Gibson", "Ellis", "Tran", "Medina",
            "Aguilar", "Stevens", "Murray", "Ford", "Castro", "Marshall", "Owens", "Harrison", "Fernandez",
            "McDonald", "Woods", "Washington", "Kennedy", "Wells", "Vargas", "Henry", "Chen", "Freeman",
            "Webb", "Tucker", "Guzman", "Burns", "Crawford", "Olson", "Simpson", "Porter", "Hunter", "Gordon",
            "Mendez", "Silva", "Shaw", "Snyder", "Mason", "Dixon", "O'Brien", "O'Connor",
        ],
        listed: 25,
        evenness: 9.0,
        rare: [
            &[
                "Ash", "Bal", "Bar", "Beck", "Bing", "Black", "Brad", "Bram", "Brook", "Burn", "Cald",
                "Carl", "Chad", "Clay", "Crom", "Dal", "Dun", "East", "Edg", "Elm", "Fair", "Farn", "Field",
                "Gar", "Glen", "Gold", "Hal", "Ham", "Har", "Haw", "Heath", "Hol", "Hunt", "Kel", "Ken",
                "Kirk", "Lang", "Lock", "Mar", "Mel", "Nor", "Oak", "Pem", "Pen", "Rad", "Red", "Rock",
                "Row", "Shef", "Stan", "Stock", "Sut", "Thorn", "Tre", "Wake", "War", "Water", "West",
                "Whit", "Win", "Wood", "Wor",
            ],
            LATIN_MIDDLES,
            &[
                "berry", "bert", "born", "bridge", "brook", "bury", "by", "combe", "cott", "croft", "dale",
                "den", "don", "ell", "ens", "er", "ers", "field", "ford", "gate", "ham", "head", "hill",
                "house", "hurst", "ing", "ington", "land", "ley", "low", "man", "mer", "mond", "more",
                "ness", "ridge", "sby", "shaw", "side", "son", "stead", "stock", "stone", "thorpe", "ton",
                "vale", "ville", "wall", "ward", "water", "way", "well", "wick", "win", "wood", "worth",
                "wright",
            ],
        ],
        dial: &["1212", "1415", "1312", "1646", "1713", "1206", "4420", "44161"],
        digits: 7,
    },
    Language {
        share: 10,
        first: &[
            "María", "José", "Antonio", "Carmen", "Juan", "Ana", "Manuel", "Isabel", "Francisco", "Laura",
            "Luis", "Cristina", "Javier", "Marta", "Miguel", "Lucía", "Carlos", "Elena", "Ángel", "Pilar",
            "Rafael", "Raquel", "Pedro", "Sara", "Daniel", "Paula", "Fernando", "Rosa", "Pablo", "Beatriz",
            "Jorge", "Rocío", "Sergio", "Verónica", "Alberto", "Inés", "Álvaro", "Nuria", "Diego", "Sofía",
            "Andrés", "Alicia", "Rubén", "Begoña",
        ],
        last: &[
            "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez",
            "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero",
            "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos", "Gil", "Ramírez",
            "Serrano", "Blanco", "Molina", "Morales", "Suárez", "Ortega", "Delgado", "Castro", "Ortiz",
            "Rubio", "Marín", "Sanz", "Núñez", "Iglesias", "Medina", "Garrido", "Cortés", "Castillo",
            "Santos", "Lozano", "Guerrero", "Cano", "Prieto", "Méndez",
        ],
        listed: 35,
        evenness: 3.0,
        rare: [
            &[
                "Al", "Bar", "Ber", "Cal", "Car", "Cas", "Es", "Fer", "Gal", "Her", "Lar", "Mal", "Mon",
                "Pal", "Pe", "Sal", "Ta", "Vi", "Zu", "Ar",
            ],
            LATIN_MIDDLES,
            &[
                "aza", "dero", "dés", "eda", "ero", "illa", "illo", "ín", "mendi", "osa", "quez", "ral",
                "rano", "rate", "reda", "rrios", "tea", "veda", "verde", "zola",
            ],
        ],
        dial: &["3491", "3493", "3460", "5255"],
        digits: 8,
    },
    Language {
        share: 10,
        first: &[
            "Peter", "Sabine", "Michael", "Ursula", "Thomas", "Petra", "Andreas", "Monika", "Wolfgang",
            "Elke", "Klaus", "Renate", "Jürgen", "Karin", "Günter", "Helga", "Stefan", "Birgit", "Christian",
            "Brigitte", "Uwe", "Andrea", "Werner", "Ingrid", "Horst", "Claudia", "Frank", "Susanne", "Dieter",
            "Martina", "Manfred", "Gabriele", "Jörg", "Heike", "Matthias", "Anja", "Jens", "Katrin", "Björn",
            "Käthe", "Lukas", "Leonie", "Jonas", "Hannah",
        ],
        last: &[
            "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz",
            "Hoffmann", "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann",
            "Schwarz", "Zimmermann", "Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner",
            "Schmitz", "Krause", "Meier", "Lehmann", "Schmid", "Schulze", "Maier", "Köhler", "Herrmann",
            "König", "Walter", "Mayer", "Huber", "Kaiser", "Fuchs", "Peters", "Lang", "Scholz", "Möller",
            "Weiß", "Jung", "Hahn", "Schubert", "Vogel", "Friedrich",
        ],
        listed: 14,
        evenness: 7.0,
        rare: [
            &[
                "Alten", "Bach", "Berg", "Birken", "Blumen", "Breit", "Burg", "Eichen", "Eisen", "Feld",
                "Gold", "Grün", "Hagen", "Hirsch", "Hohen", "Kirch", "Linden", "Mühl", "Ober", "Rosen",
                "Stein", "Wald", "Weiden", "Winter",
            ],
            LATIN_MIDDLES,
            &[
                "acker", "bach", "bauer", "berg", "berger", "brand", "busch", "eck", "feld", "hauer", "haus",
                "heim", "hofer", "horst", "mann", "meier", "müller", "reiter", "schmidt", "stein", "tal",
                "thal", "wald", "winkler",
            ],
        ],
        dial: &["4930", "4940", "4989", "49151"],
        digits: 8,
    },
    Language {
        share: 6,
        first: &[
            "Jean", "Marie", "Pierre", "Nathalie", "Michel", "Isabelle", "Philippe", "Sylvie", "Alain",
            "Catherine", "Nicolas", "Françoise", "Christophe", "Valérie", "Frédéric", "Céline", "Stéphane",
            "Aurélie", "Sébastien", "Émilie", "Jérôme", "Hélène", "François", "Véronique", "Guillaume",
            "Camille", "Rémi", "Chloé", "Benoît", "Zoé",
        ],
        last: &[
            "Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau",
            "Laurent", "Simon", "Michel", "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel",
            "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Fontaine", "Rousseau", "Vincent", "Müller",
            "Faure", "André", "Mercier", "Blanc", "Guérin", "Boyer", "Garnier", "Chevalier", "François",
            "Legrand", "Gauthier", "Perrin", "Robin", "Clément", "Morin", "Noël",
        ],
        listed: 6,
        evenness: 6.0,
        rare: [
            &[
                "Beau", "Bel", "Bois", "Bon", "Chau", "Cour", "Des", "Du", "Font", "Gran", "Haut", "La",
                "Mar", "Mont", "Per", "Pont", "Roche", "Ville",
            ],
            LATIN_MIDDLES,
            &[
                "bert", "champs", "court", "dier", "din", "fort", "geois", "lieu", "mont", "neau", "pin",
                "quet", "reau", "rel", "tier", "tin", "val", "vert",
            ],
        ],
        dial: &["331", "336", "334"],
        digits: 8,
    },
    Language {
        share: 6,
        first: &[
            "Piotr", "Anna", "Krzysztof", "Maria", "Andrzej", "Katarzyna", "Tomasz", "Małgorzata", "Paweł",
            "Agnieszka", "Jan", "Barbara", "Michał", "Ewa", "Marcin", "Krystyna", "Stanisław", "Elżbieta",
            "Jakub", "Zofia", "Łukasz", "Joanna", "Grzegorz", "Magdalena", "Wojciech", "Monika", "Rafał",
            "Danuta", "Bartosz", "Żaneta",
        ],
        last: &[
            "Nowak", "Kowalski", "Wiśniewski", "Wójcik", "Kowalczyk", "Kamiński", "Lewandowski", "Zieliński",
            "Szymański", "Woźniak", "Dąbrowski", "Kozłowski", "Jankowski", "Mazur", "Wojciechowski",
            "Kwiatkowski", "Krawczyk", "Kaczmarek", "Piotrowski", "Grabowski", "Zając", "Pawłowski",
            "Michalski", "Król", "Wieczorek", "Jabłoński", "Wróbel", "Nowakowski", "Majewski", "Olszewski",
            "Stępień", "Malinowski", "Jaworski", "Adamczyk", "Dudek",
        ],
        listed: 6,
        evenness: 3.0,
        rare: [
            &[
                "Bor", "Brze", "Choj", "Czar", "Dob", "Gołę", "Jasi", "Kali", "Klim", "Lis", "Mich", "Ostr",
                "Pol", "Rad", "Sien", "Sob", "Star", "Wil",
            ],
            LATIN_MIDDLES,
            &[
                "anowski", "acki", "arczyk", "biński", "czak", "czuk", "ecki", "ewicz", "iak", "icki",
                "ikowski", "ński", "owicz", "owski", "szewski", "wski",
            ],
        ],
        dial: &["4822", "4850", "4860"],
        digits: 7,
    },
    Language {
        share: 6,
        first: &[
            "Александр", "Елена", "Сергей", "Ольга", "Владимир", "Наталья", "Андрей", "Татьяна", "Алексей",
            "Ирина", "Дмитрий", "Светлана", "Николай", "Мария", "Иван", "Анна", "Михаил", "Екатерина",
            "Евгений", "Юлия", "Виктор", "Людмила", "Юрий", "Галина", "Василий", "Марина", "Анатолий",
            "Валентина", "Игорь", "Надежда", "Семён", "Алёна",
        ],
        last: &[
            "Иванов", "Смирнов", "Кузнецов", "Попов", "Васильев", "Петров", "Соколов", "Михайлов", "Новиков",
            "Фёдоров", "Морозов", "Волков", "Алексеев", "Лебедев", "Семёнов", "Егоров", "Павлов", "Козлов",
            "Степанов", "Николаев", "Орлов", "Андреев", "Макаров", "Никитин", "Захаров", "Зайцев", "Соловьёв",
            "Борисов", "Яковлев", "Григорьев",
        ],
        listed: 15,
        evenness: 3.0,
        rare: [
            &[
                "Бел", "Бер", "Вор", "Гал", "Горд", "Дол", "Жур", "Зим", "Кал", "Кор", "Лап", "Мед", "Пан",
                "Род", "Сид", "Тих", "Фил", "Черн",
            ],
            &["", "о", "ин", "а", "ер", "ен", "ов", "и"],
            &[
                "анов", "ашов", "евич", "еев", "енко", "ибин", "иков", "ихин", "ников", "овский", "охин",
                "ских", "тьев", "ухов", "цев", "ышев",
            ],
        ],
        dial: &["7495", "7812", "7916"],
        digits: 7,
    },
    Language {
        share: 3,
        first: &[
            "Γιώργος", "Μαρία", "Δημήτρης", "Ελένη", "Κώστας", "Κατερίνα", "Γιάννης", "Βασιλική", "Νίκος",
            "Σοφία", "Παναγιώτης", "Άννα", "Χρήστος", "Ιωάννα",
        ],
        last: &[
            "Παπαδόπουλος", "Παπαδάκης", "Οικονόμου", "Γεωργίου", "Δημητρίου", "Νικολάου", "Βασιλείου",
            "Ιωάννου", "Αντωνίου", "Μακρής", "Καραγιάννης", "Κωνσταντίνου", "Σταύρου", "Αγγελόπουλος",
        ],
        listed: 7,
        evenness: 3.0,
        rare: [
            &["Αλεξ", "Αναστ", "Γιανν", "Δημ", "Καρ", "Κων", "Μαυρ", "Νικ", "Παν", "Σταμ", "Χατζ"],
            &["", "ο", "α", "ατ", "ιν"],
            &["όπουλος", "ίδης", "άκης", "άκος", "έας", "ιάδης", "ατος", "ούδης", "ίτης"],
        ],
        dial: &["3021", "3069"],
        digits: 8,
    },
    Language {
        share: 3,
        first: &[
            "محمد", "فاطمة", "أحمد", "عائشة", "علي", "مريم", "حسن", "خديجة", "عمر", "زينب", "يوسف", "نور",
            "إبراهيم", "ليلى", "خالد", "سارة",
        ],
        last: &[
            "الأحمد", "الحسن", "العلي", "المحمد", "الخطيب", "الحداد", "النجار", "المصري", "الشامي", "العباسي",
            "الهاشمي", "السيد", "القاسم", "الزهراني", "الغامدي", "العتيبي",
        ],
        listed: 20,
        evenness: 3.0,
        rare: [
            &[
                "الأ", "الب", "الت", "الج", "الح", "الخ", "الد", "الر", "الز", "الس", "الش", "الص", "الط",
                "العب", "الغ", "القح", "الم", "الن", "الو", "اليا",
            ],
            &["", "ا", "و", "ي"],
            &["دي", "راني", "ري", "سي", "طاني", "عدي", "فعي", "كري", "لكي", "مدي", "هري", "يفي"],
        ],
        dial: &["97150", "96650", "2010"],
        digits: 7,
    },
    Language {
        share: 2,
        first: &[
            "伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "超", "明",
            "霞", "秀兰", "刚", "平", "桂英", "志强", "建华", "文", "辉", "玲",
        ],
        last: &[
            "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
            "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾",
            "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余",
        ],
        listed: 100,
        evenness: 5.0,
        rare: [&[]; 3],
        dial: &["8610", "8621"],
        digits: 8,
    },
    Language {
        share: 1,
        first: &["太郎", "花子", "一郎", "美咲", "健太", "陽子", "翔", "大輔", "直樹", "由美", "恵子", "浩"],
        last: &["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本"],
        listed: 8,
        evenness: 4.0,
        rare: [
            &[
                "大", "小", "中", "上", "下", "高", "松", "竹", "石", "岩", "金", "西", "東", "北", "南",
                "青", "白", "黒", "森", "林",
            ],
            &[""],
            &["田", "川", "村", "山", "本", "野", "島", "口", "原", "井", "沢", "木", "崎", "谷", "橋"],
        ],
        dial: &["813", "816"],
        digits: 8,
    },
    Language {
        share: 1,
        first: &[
            "민수", "지영", "서연", "현우", "민준", "지훈", "유진", "은정", "성민", "미영", "영희", "철수",
        ],
        last: &[
            "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황",
            "안", "송", "전", "홍",
        ],
        listed: 100,
        evenness: 0.0,
        rare: [&[]; 3],
        dial: &["8210", "822"],
        digits: 8,
    },
];

pub const COMPANY_WORDS: &[&str] = &[
    "Summit", "Blue", "Harbor", "North", "Star", "Global", "Prime", "United", "Pacific", "Atlas", "Green",
    "Valley", "Silver", "Oak", "Bright", "River", "Apex", "Nova", "Delta", "Royal", "First", "Golden",
    "Metro", "Crown", "Liberty", "Eagle", "Pioneer", "Horizon", "Vertex", "Fusion", "Quantum", "Orion",
    "Cobalt", "Cedar", "Granite", "Sterling", "Beacon", "Falcon", "Lakeside", "Redwood", "Coastal",
    "Central", "Eastern", "Western", "Alpine", "Arctic", "Solar", "Lunar", "Copper", "Iron", "Maple",
    "Willow", "Stone", "Bridge", "Gate", "Tower", "Compass", "Anchor", "Meridian", "Zenith",
];

pub const COMPANY_TRADES: &[&str] = &[
    "Logistics",
    "Software",
    "Consulting",
    "Foods",
    "Energy",
    "Health",
    "Media",
    "Systems",
    "Partners",
    "Insurance",
    "Bank",
    "Motors",
    "Textiles",
    "Robotics",
    "Analytics",
    "Construction",
    "Travel",
    "Pharma",
    "Telecom",
    "Education",
    "Design",
    "Security",
    "Farms",
    "Shipping",
    "Capital",
    "Studios",
    "Networks",
    "Materials",
    "Plastics",
    "Electric",
];

pub const COMPANY_FORMS: &[&str] =
    &["Inc", "Ltd", "LLC", "GmbH", "Group", "Corp", "SA", "& Co", "Holdings", "International"];

pub const TITLES: &[&str] = &[
    "Sales Manager",
    "Account Executive",
    "Head of Procurement",
    "Chief Executive Officer",
    "Purchasing Agent",
    "Founder",
    "Marketing Director",
    "Office Manager",
    "Software Engineer",
    "IT Manager",
    "Chief Financial Officer",
    "Buyer",
    "Operations Manager",
    "Vice President of Sales",
    "Project Manager",
    "Owner",
    "Human Resources Manager",
    "Consultant",
    "Product Manager",
    "Assistant",
    "Regional Director",
    "Controller",
    "Plant Manager",
    "Facility Manager",
    "Partner",
    "Geschäftsführer",
    "Einkaufsleiter",
    "Directeur commercial",
    "Gerente de ventas",
    "Kierownik",
];

pub const TAGS: &[&str] = &[
    "lead",
    "customer",
    "vip",
    "newsletter",
    "trade fair",
    "churned",
    "partner",
    "press",
    "investor",
    "reseller",
    "demo",
    "trial",
    "renewal",
    "cold",
    "warm",
    "hot",
    "enterprise",
    "smb",
    "referral",
    "webinar",
];

pub const MAIL_HOSTS: &[&str] =
    &["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "hotmail.com", "web.de", "orange.fr", "mail.ru"];
